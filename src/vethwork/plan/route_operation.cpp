#include <vethwork/plan/route_operation.hpp>

#include <vethwork/plan/route_words.hpp>

namespace vethwork::plan {

namespace {

std::string_view verb(RoutePutMode mode) {
    switch (mode) {
        case RoutePutMode::add:
            return "add";
        case RoutePutMode::append:
            return "append";
        case RoutePutMode::prepend:
            return "prepend";
        case RoutePutMode::change:
            return "change";
        case RoutePutMode::replace:
            return "replace";
        case RoutePutMode::test:
            return "test";
    }
    return "add";
}

std::string described(std::string_view what, topology::Route const& route) {
    auto text = fmt::format("{} route \"{}\"", what, network_word(route.destination, route.family));
    if (route.table != topology::main_table) text += fmt::format(" of table {}", route.table);
    return text;
}

std::vector<std::string> with_verb(std::string_view what, std::vector<std::string> words) {
    words.insert(words.begin(), {"route", std::string(what)});
    return words;
}

}  // namespace

std::string PutRoute::describe() const { return described(verb(mode), route); }

std::vector<std::string> PutRoute::words() const {
    return with_verb(verb(mode), route_words(route, RoutePurpose::put));
}

std::optional<DeleteRoute> PutRoute::inverse() const {
    if (!has_inverse()) return {};
    return delete_route(route);
}

std::string DeleteRoute::describe() const { return described("delete", route); }

std::vector<std::string> DeleteRoute::words() const {
    return with_verb("delete", route_words(route, RoutePurpose::find));
}

DeleteRoute delete_route(topology::Route route) {
    route.flags &= topology::route_flag::onlink;
    for (auto& hop : route.hops) hop.flags &= topology::route_flag::onlink;
    route.cache.reset();
    route.expires.reset();
    route.incoming.reset();
    route.mark.reset();
    route.uid.reset();
    if (route.nexthop_id) {
        route.type = topology::RouteType::unspecified;  // told as "blackhole" where the next hop is one
        route.via.reset();
        route.link.reset();
        route.encapsulation.reset();
        route.hops.clear();
    }
    return {std::move(route)};
}

Result<PutRoute> parse_route_put(WordReader& words, RoutePutMode mode, RoutingContext& context) {
    return PutRoute{mode, TRY(parse_route(words, RoutePurpose::put, context))};
}

Result<DeleteRoute> parse_route_delete(WordReader& words, RoutingContext& context) {
    return DeleteRoute{TRY(parse_route(words, RoutePurpose::find, context))};
}

Error route_usage() {
    return usage_error(
        "Usage: ip route [ show | list | flush | save ] [ SELECTOR ]\n"
        "       ip route { add | append | prepend | change | replace | test | del } ROUTE\n"
        "       ip route get [ fibmatch ] [ connected ] [ notify ] ADDRESS [ from ADDRESS ] [ iif DEV ] [ "
        "oif DEV ]\n"
        "                    [ mark NUMBER ] [ tos TOS ] [ vrf NAME ] [ uid UID ]\n"
        "                    [ ipproto PROTOCOL ] [ sport PORT ] [ dport PORT ]\n"
        "       ip route { restore | showdump } < FILE\n"
        "SELECTOR := [ [ to ] [ root | match | exact ] PREFIX ] [ from [ root | match | exact ] PREFIX ]\n"
        "            [ table { TABLE | all | cache } ] [ vrf NAME ] [ proto PROTOCOL ] [ type TYPE ]\n"
        "            [ scope SCOPE ] [ dev DEV ] [ via PREFIX ] [ src PREFIX ] [ metric NUMBER ] [ realms "
        "REALMS ]\n"
        "ROUTE := [ TYPE ] PREFIX [ HOP ] [ nhid ID ] [ src ADDRESS ] [ metric NUMBER ] [ table TABLE ] [ "
        "vrf NAME ]\n"
        "         [ proto PROTOCOL ] [ scope SCOPE ] [ tos TOS ] [ realms REALMS ] [ pref { low | medium | "
        "high } ]\n"
        "         [ expires SECONDS ] [ ttl-propagate { enabled | disabled } ] METRICS [ nexthop HOP ] ...\n"
        "HOP := [ encap ENCAP ] [ via [ inet | inet6 ] ADDRESS ] [ dev DEV ] [ weight NUMBER ] [ onlink ]\n"
        "METRICS := [ mtu [ lock ] BYTES ] [ advmss BYTES ] [ hoplimit N ] [ rtt TIME ] [ rttvar TIME ]\n"
        "           [ rto_min TIME ] [ window N ] [ cwnd N ] [ initcwnd N ] [ initrwnd N ] [ ssthresh N ]\n"
        "           [ reordering N ] [ features ecn ] [ quickack { 0 | 1 } ] [ congctl NAME ]\n"
        "           [ fastopen_no_cookie { 0 | 1 } ]\n"
        "TYPE := { unicast | local | broadcast | multicast | anycast | throw | unreachable | prohibit |\n"
        "          blackhole | nat }\n"
        "ENCAP := mpls LABEL[/LABEL...] [ ttl N ] | ip IP | ip6 IP | seg6 mode MODE segs "
        "ADDRESS[,ADDRESS...] |\n"
        "         xfrm if_id ID");
}

}  // namespace vethwork::plan
