#include <vethwork/diagnose/in_file.hpp>

#include <linux/if.h>

#include <algorithm>
#include <array>
#include <cctype>

#include <fmt/format.h>

#include <vethwork/base/text.hpp>
#include <vethwork/diagnose/ruleset_lines.hpp>
#include <vethwork/plan/address_operation.hpp>
#include <vethwork/plan/difference.hpp>
#include <vethwork/plan/link_operation.hpp>
#include <vethwork/plan/neighbour_operation.hpp>
#include <vethwork/plan/route_operation.hpp>
#include <vethwork/plan/rule_operation.hpp>
#include <vethwork/topology/lab.hpp>

namespace vethwork::diagnose {

namespace {

using Words = std::vector<std::string>;
using Found = std::optional<FilePlace>;

enum class Change { put, remove };

template <class Thing>
bool is_same_thing(Thing const& left, Thing const& right) {
    return topology::key_of("", left) == topology::key_of("", right);
}

/// The kernel gives a rule a priority where nobody has asked for one.
bool is_same_thing(topology::Rule left, topology::Rule right) {
    if (!left.priority || !right.priority) left.priority = right.priority = {};
    return topology::key_of("", left) == topology::key_of("", right) && left.mark == right.mark &&
           left.incoming == right.incoming && left.outgoing == right.outgoing;
}

template <class Thing>
Thing const* find_thing(std::vector<Thing> const& things, Thing const& thing) {
    auto const found =
        std::ranges::find_if(things, [&](Thing const& one) { return is_same_thing(one, thing); });
    return found == things.end() ? nullptr : &*found;
}

/// Whether a text names a port as a number of its own.
bool names_port(std::string_view text, std::string const& port) {
    auto const is_digit = [&](std::size_t i) {
        return i < text.size() && std::isdigit(static_cast<unsigned char>(text[i]));
    };
    for (auto at = text.find(port); at != std::string_view::npos; at = text.find(port, at + 1))
        if (!(at > 0 && is_digit(at - 1)) && !is_digit(at + port.size())) return true;
    return false;
}

class Search {
public:
    Search(Finding const& finding, std::uint16_t port, WantedAndActual const& states,
           topology::NamespaceState const& wanted)
        : finding_(finding), port_(port), states_(states), wanted_(wanted), actual_(states.actual) {}

    FilePlace run() {
        if (auto found = service()) return *found;
        if (auto found = rule()) return *found;
        Found second;
        for (auto const& action : finding_.repair) {
            if (action.netns != finding_.netns) continue;
            auto found = about(action);
            if (found && found->role != LineRole::repair && found->role != LineRole::added) return *found;
            if (found && (!second || second->role == LineRole::repair)) second = std::move(found);
        }
        return second ? *second : node(LineRole::repair);
    }

private:
    [[nodiscard]] topology::Origin const* origin(std::string const& key) const {
        auto const found = states_.wanted.origins.find(key);
        return found == states_.wanted.origins.end() || found->second.line == 0 ? nullptr : &found->second;
    }

    [[nodiscard]] FilePlace node(LineRole role) const {
        auto const* const own = origin(topology::key_of(wanted_.name));
        return {role, own ? *own : topology::Origin{}};
    }

    [[nodiscard]] FilePlace at(std::string const& key, LineRole role) const {
        auto const* const found = origin(key);
        return found ? FilePlace{role, *found} : node(role);
    }

    [[nodiscard]] FilePlace at(topology::Place const& place, LineRole role) const {
        return {role, {states_.lab.sources.name(place.file), place.line, place.column, {}}};
    }

    [[nodiscard]] topology::LabNode const* lab_node() const {
        auto const index = states_.lab.find_node(wanted_.name);
        return index == topology::no_index ? nullptr : &states_.lab.nodes[index];
    }

    /// The service that the port is of; the only one where none names it.
    Found service() const {
        bool const is_of_service = finding_.cause == "port-closed" || finding_.cause.starts_with("listen") ||
                                   finding_.cause == "udp-wrong-source-reply";
        auto const* const own = lab_node();
        if (!is_of_service || !own || own->services.empty()) return {};
        auto const port = std::to_string(port_);
        for (auto const& one : own->services)
            if (names_port(one.script + " " + join(one.argv, " ") + " " + std::to_string(one.ready.port),
                           port))
                return at(one.place,
                          finding_.cause == "port-closed" ? LineRole::taken_away : LineRole::cause);
        if (own->services.size() == 1) return at(own->services[0].place, LineRole::repair);
        return {};
    }

    Found rule() const {
        if (!finding_.rule) return {};
        auto const* const own = lab_node();
        if (own && finding_.rule->chain.find(" vethwork_nat ") != std::string::npos) return nat(*own);
        if (own && own->nft)
            if (auto const line = line_of_rule(own->nft->text, *finding_.rule)) return line_of(*own, *line);
        if (origin(topology::key_of_ruleset(wanted_.name)))
            return at(topology::key_of_ruleset(wanted_.name), LineRole::added);
        return node(LineRole::added);
    }

    /// A text on several lines has as many in the file.
    [[nodiscard]] FilePlace line_of(topology::LabNode const& own, RuleLine const& found) const {
        auto place = own.nft->place;
        auto const lines = split(own.nft->text, '\n');
        auto const text = found.line <= lines.size() ? trim(lines[found.line - 1]) : std::string_view();
        auto const there = states_.lab.sources.line(place.file, place.line + found.line - 1);
        if (auto const column = there.find(text); column != std::string_view::npos && found.line > 1) {
            place.line += found.line - 1;
            place.column = static_cast<std::uint32_t>(column) + 1;
        }
        return at(place, found.is_missing ? LineRole::taken_away : LineRole::cause);
    }

    Found nat(topology::LabNode const& own) const {
        auto const& rule = *finding_.rule;
        auto const text = rule.index ? rule.rules[*rule.index] : std::string();
        for (auto const& one : own.nat)
            if (one.to ? text.find(one.to->to_string()) != std::string::npos
                       : !one.device.empty() && text.find(one.device) != std::string::npos)
                return at(one.place, LineRole::cause);
        if (own.nat.empty()) return node(LineRole::added);
        return at(own.nat[0].place, LineRole::repair);
    }

    Found about(Action const& action) {
        Words words;
        for (auto const word : split_words(action.words)) words.emplace_back(word);
        switch (action.tool) {
            case Action::Tool::ip:
                return about_ip(std::move(words));
            case Action::Tool::bridge:
                return about_bridge(words);
            case Action::Tool::tc:
                return about_discipline(after(words, "dev"));
            case Action::Tool::sysctl:
                return about_sysctl(action.words);
            case Action::Tool::nft:
                if (!origin(topology::key_of_ruleset(wanted_.name))) return {};
                return at(topology::key_of_ruleset(wanted_.name), LineRole::repair);
            case Action::Tool::program:
                break;
        }
        return {};
    }

    static std::string after(Words const& words, std::string_view keyword) {
        auto const found = std::ranges::find(words, keyword);
        return found == words.end() || found + 1 == words.end() ? std::string() : *(found + 1);
    }

    Found about_ip(Words words) {
        auto const family = words.empty() || words[0] != "-6" ? Family::ipv4 : Family::ipv6;
        if (family == Family::ipv6) words.erase(words.begin());
        if (words.size() < 3) return {};
        auto const object = words[0], verb = words[1];
        words.erase(words.begin(), words.begin() + 2);
        plan::WordReader reader(words);
        if (object == "addr") return about_address(verb, reader);
        if (object == "link") return about_link(verb, reader);
        plan::RoutingContext context;
        context.family = family;
        context.names = &names_;
        if (object == "route") return about_route(verb, reader, context);
        if (object == "rule") return about_rule(verb, reader, context);
        if (object != "neigh" || verb == "flush") return {};
        auto const neighbour = plan::parse_neighbour_delete(reader, {}, names_);
        return neighbour ? compared(neighbour->neighbour, wanted_.neighbours, actual_.neighbours,
                                    plan::same_neighbour, Change::remove)
                         : Found();
    }

    /// What is wanted, what is there, and what a repair does about it.
    template <class Thing>
    Found compared(Thing const& thing, std::vector<Thing> const& wanted, std::vector<Thing> const& actual,
                   bool (*is_same)(Thing const&, Thing const&), Change change) {
        auto const* const asked = find_thing(wanted, thing);
        auto const* const there = find_thing(actual, thing);
        auto const key = topology::key_of(wanted_.name, asked ? *asked : thing);
        if (asked)
            return at(key, !there                    ? LineRole::taken_away
                           : is_same(*asked, *there) ? LineRole::cause
                                                     : LineRole::changed);
        if (origin(key)) return at(key, LineRole::cause);  // it says that there is to be none
        if (there && change == Change::remove) return node(LineRole::added);
        return {};
    }

    static Change change_of(std::string const& verb) { return verb == "del" ? Change::remove : Change::put; }

    /// What a command is about, where its words make sense.
    template <class Command, class Thing>
    static std::optional<Thing> object_of(Result<Command> const& command, Thing Command::*thing) {
        return command ? std::optional((*command).*thing) : std::nullopt;
    }

    Found about_address(std::string const& verb, plan::WordReader& reader) {
        plan::AddressContext context{.family = {}, .names = &names_, .warnings = {}};
        auto const change = change_of(verb);
        auto const address =
            change == Change::remove
                ? object_of(plan::parse_address_delete(reader, context), &plan::DeleteAddress::address)
                : object_of(plan::parse_address_put(reader, plan::PutMode::add, context),
                            &plan::PutAddress::address);
        if (!address) return {};
        auto found = compared(*address, wanted_.addresses, actual_.addresses, plan::same_address, change);
        return found ? found : other_address(*address);
    }

    /// Another one that the link has instead; or the link.
    Found other_address(topology::InterfaceAddress const& address) const {
        for (auto const& one : wanted_.addresses) {
            if (one.link.name != address.link.name || one.family != address.family) continue;
            auto const key = topology::key_of(wanted_.name, one);
            if (!find_thing(actual_.addresses, one)) return at(key, LineRole::changed);
            return at(key, finding_.cause.starts_with("wrong-") ? LineRole::cause : LineRole::repair);
        }
        topology::Link link;
        link.name = address.link.name;
        auto const key = topology::key_of(wanted_.name, link);
        return origin(key) ? Found(at(key, LineRole::repair)) : Found();
    }

    Found about_route(std::string const& verb, plan::WordReader& reader, plan::RoutingContext& context) {
        auto const change = change_of(verb);
        auto const route =
            change == Change::remove
                ? object_of(plan::parse_route_delete(reader, context), &plan::DeleteRoute::route)
                : object_of(plan::parse_route_put(reader, plan::RoutePutMode::add, context),
                            &plan::PutRoute::route);
        if (!route) return {};
        auto found = compared(*route, wanted_.routes, actual_.routes, plan::same_route, change);
        return found || change == Change::remove ? found : wider_route(*route);
    }

    /// A route to more than this that should be there instead; or the line that says that there is no default
    /// route.
    Found wider_route(topology::Route const& route) const {
        if (!route.destination) return {};
        topology::Route const* best = nullptr;
        auto const length = [](topology::Route const& one) {
            return one.destination ? one.destination->length : 0;
        };
        for (auto const& one : wanted_.routes) {
            bool const leads_there =
                one.family == route.family && one.table == route.table &&
                (!one.destination || one.destination->contains(route.destination->address));
            auto const* const there = find_thing(actual_.routes, one);
            bool const is_there = there && plan::same_route(one, *there);
            if (leads_there && !is_there && (!best || length(one) > length(*best))) best = &one;
        }
        if (best)
            return at(topology::key_of(wanted_.name, *best),
                      find_thing(actual_.routes, *best) ? LineRole::changed : LineRole::taken_away);
        topology::Route const fallback{.family = route.family};
        auto const key = topology::key_of(wanted_.name, fallback);
        if (!find_thing(wanted_.routes, fallback) && origin(key)) return at(key, LineRole::cause);
        return {};
    }

    Found about_rule(std::string const& verb, plan::WordReader& reader, plan::RoutingContext& context) {
        auto const change = change_of(verb);
        auto const rule = change == Change::remove
                              ? object_of(plan::parse_rule_delete(reader, context), &plan::DeleteRule::rule)
                              : object_of(plan::parse_rule_add(reader, context), &plan::PutRule::rule);
        return rule ? compared(*rule, wanted_.rules, actual_.rules, plan::same_rule, change) : Found();
    }

    Found about_link(std::string const& verb, plan::WordReader& reader) {
        if (verb == "set") {
            auto const parsed = plan::parse_link_set(reader);
            return parsed ? about_settings(parsed->changes) : Found();
        }
        if (verb != "del") return {};
        topology::Link link;
        link.name = reader.peek();
        auto const key = topology::key_of(wanted_.name, link);
        if (!find_thing(wanted_.links, link)) return node(LineRole::added);
        return at(key, differs(link.name) ? LineRole::changed : LineRole::cause);
    }

    [[nodiscard]] std::optional<topology::Link> difference(std::string const& name) const {
        auto const* const wanted = wanted_.link(name);
        auto const* const actual = actual_.link(name);
        if (!wanted || !actual) return {};
        return plan::difference(*wanted, *actual);
    }
    [[nodiscard]] bool differs(std::string const& name) const { return difference(name).has_value(); }

    /// One setting of a link: as the file wants it, otherwise, or nothing that the file speaks of.
    Found about_settings(topology::Link const& changes) const {
        auto const* const wanted = wanted_.link(changes.name);
        auto const key = topology::key_of(wanted_.name, changes);
        if (!wanted) return {};
        auto const apart = difference(changes.name);
        auto const role = [](bool asked, bool is_apart) {
            return !asked ? LineRole::repair : is_apart ? LineRole::changed : LineRole::cause;
        };
        if ((changes.flags_mask & IFF_UP) != 0)
            return setting(key, "up", role(true, apart && (apart->flags_mask & IFF_UP) != 0));
        if (changes.mtu)
            return setting(key, "mtu", role(wanted->mtu.has_value(), apart && apart->mtu.has_value()));
        if (changes.address)
            return at(key, role(wanted->address.has_value(), apart && apart->address.has_value()));
        if (changes.master)
            return at(key, role(wanted->master.has_value(), apart && apart->master.has_value()));
        return at(key, LineRole::repair);
    }

    [[nodiscard]] FilePlace setting(std::string const& key, std::string_view name, LineRole role) const {
        auto const own = key + "/" + std::string(name);
        return at(origin(own) ? own : key, role);
    }

    Found about_bridge(Words const& words) {
        topology::Link link;
        link.name = after(words, "dev");
        auto const id = parse_number<std::uint16_t>(after(words, "vid"), 10);
        if (words[0] == "vlan" && words.size() > 1 && id) {
            topology::BridgeVlan const vlan{.link = {.name = link.name, .index = 0},
                                            .id = *id,
                                            .pvid = std::ranges::find(words, "pvid") != words.end(),
                                            .untagged = false};
            if (auto found =
                    compared(vlan, wanted_.vlans, actual_.vlans, plan::same_vlan, change_of(words[1])))
                return found;
        }
        auto const key = topology::key_of(wanted_.name, link);
        return origin(key) ? Found(at(key, LineRole::repair)) : Found();
    }

    Found about_discipline(std::string const& device) {
        topology::Qdisc discipline{
            .link = {device}, .kind = {}, .parent = topology::qdisc_root, .options = {}};
        if (find_thing(wanted_.qdiscs, discipline))
            return compared(discipline, wanted_.qdiscs, actual_.qdiscs, plan::same_qdisc, Change::remove);
        topology::Link link;
        link.name = device;
        return at(topology::key_of(wanted_.name, link), LineRole::added);
    }

    /// The same setting may be written in several ways, and for all devices at once.
    static Words other_names(std::string const& name) {
        Words names{name};
        if (name == "net.ipv4.ip_forward") names.emplace_back("net.ipv4.conf.all.forwarding");
        constexpr std::string_view conf = ".conf.";
        auto const begin = name.find(conf);
        auto const end = name.rfind('.');
        if (begin == std::string::npos || end < begin + conf.size()) return names;
        for (std::string_view const device : {"all", "default"})
            names.push_back(name.substr(0, begin + conf.size()) + std::string(device) + name.substr(end));
        return names;
    }

    Found about_sysctl(std::string const& assignment) const {
        auto const equals = assignment.find('=');
        auto const right = assignment.substr(equals + 1);
        for (auto const& name : other_names(assignment.substr(0, equals))) {
            auto const asked = wanted_.sysctls.find(name);
            if (asked == wanted_.sysctls.end()) continue;
            auto const there = actual_.sysctls.find(name);
            bool const is_changed = there != actual_.sysctls.end() && there->second != asked->second;
            if (!is_changed && asked->second == right) continue;
            return at(topology::key_of_sysctl(wanted_.name, name),
                      is_changed ? LineRole::changed : LineRole::cause);
        }
        return {};
    }

    Finding const& finding_;
    std::uint16_t port_;
    WantedAndActual const& states_;
    topology::NamespaceState const& wanted_;
    topology::NamespaceState const& actual_;
    topology::Names names_;
};

}  // namespace

std::optional<FilePlace> place_in_file(Finding const& finding, std::uint16_t port,
                                       WantedAndActual const& states) {
    auto const* const wanted = states.wanted.find(states.actual.name);
    if (!wanted) return {};
    auto place = Search(finding, port, states, *wanted).run();
    if (place.origin.line == 0) return {};
    return place;
}

}  // namespace vethwork::diagnose
