// Any words behind `ip`: what is understood is printed as words that mean the same.
#include <cstdio>
#include <cstdlib>
#include <optional>

#include <vethwork/base/text.hpp>
#include <vethwork/plan/operation.hpp>

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size);

namespace {

using namespace vethwork;
using plan::Operation;
using plan::WordReader;
using Parsed = std::optional<Operation>;

/// What the readers of routes and rules look up outside; here nothing is there.
struct Contexts {
    topology::Names names;
    plan::AddressContext address{.family = {}, .names = &names, .warnings = {}};
    plan::RoutingContext routing{.family = {},
                                 .names = &names,
                                 .vrf_table = [](auto const&) { return std::nullopt; },
                                 .ip_protocol = [](auto const&) { return std::nullopt; },
                                 .warnings = {}};
};

template <class T>
Parsed operation(Result<T> result) {
    if (!result) return {};
    return Operation(*std::move(result));
}

Parsed parse_link(WordReader& words) {
    if (words.take_exact("add")) return operation(plan::parse_link_add(words));
    if (words.take_exact("set")) return operation(plan::parse_link_set(words));
    if (words.take_exact("delete")) return operation(plan::parse_link_delete(words));
    return {};
}

Parsed parse_address(WordReader& words, Contexts& contexts) {
    auto& context = contexts.address;
    if (words.take_exact("add"))
        return operation(plan::parse_address_put(words, plan::PutMode::add, context));
    if (words.take_exact("change"))
        return operation(plan::parse_address_put(words, plan::PutMode::change, context));
    if (words.take_exact("replace"))
        return operation(plan::parse_address_put(words, plan::PutMode::replace, context));
    if (words.take_exact("delete")) return operation(plan::parse_address_delete(words, context));
    return {};
}

Parsed parse_neighbour(WordReader& words, Contexts& contexts) {
    auto const put = [&](plan::PutMode mode) {
        return operation(plan::parse_neighbour_put(words, mode, {}, contexts.names));
    };
    if (words.take_exact("add")) return put(plan::PutMode::add);
    if (words.take_exact("change")) return put(plan::PutMode::change);
    if (words.take_exact("replace")) return put(plan::PutMode::replace);
    if (words.take_exact("delete")) return operation(plan::parse_neighbour_delete(words, {}, contexts.names));
    return {};
}

Parsed parse_route(WordReader& words, Contexts& contexts) {
    auto const put = [&](plan::RoutePutMode mode) {
        return operation(plan::parse_route_put(words, mode, contexts.routing));
    };
    if (words.take_exact("add")) return put(plan::RoutePutMode::add);
    if (words.take_exact("change")) return put(plan::RoutePutMode::change);
    if (words.take_exact("replace")) return put(plan::RoutePutMode::replace);
    if (words.take_exact("delete")) return operation(plan::parse_route_delete(words, contexts.routing));
    return {};
}

Parsed parse_rule(WordReader& words, Contexts& contexts) {
    if (words.take_exact("add")) return operation(plan::parse_rule_add(words, contexts.routing));
    if (words.take_exact("delete")) return operation(plan::parse_rule_delete(words, contexts.routing));
    return {};
}

Parsed parse_nexthop(WordReader& words, Contexts& contexts) {
    auto& context = contexts.routing;
    if (words.take_exact("add"))
        return operation(plan::parse_nexthop_put(words, plan::NexthopMode::add, context));
    if (words.take_exact("replace"))
        return operation(plan::parse_nexthop_put(words, plan::NexthopMode::replace, context));
    if (words.take_exact("delete")) return operation(plan::parse_nexthop_delete(words, context));
    return {};
}

Parsed parse_netns(WordReader& words) {
    if (words.take_exact("add")) return operation(plan::parse_namespace_add(words));
    if (words.take_exact("delete")) return operation(plan::parse_namespace_delete(words));
    if (words.take_exact("attach")) return operation(plan::parse_namespace_attach(words));
    if (words.take_exact("set")) return operation(plan::parse_namespace_set(words));
    return {};
}

Parsed parse(std::vector<std::string> const& all) {
    WordReader words(all);
    Contexts contexts;
    if (words.take_exact("-6")) contexts.address.family = contexts.routing.family = Family::ipv6;
    if (words.take_exact("link")) return parse_link(words);
    if (words.take_exact("address")) return parse_address(words, contexts);
    if (words.take_exact("neighbour")) return parse_neighbour(words, contexts);
    if (words.take_exact("route")) return parse_route(words, contexts);
    if (words.take_exact("rule")) return parse_rule(words, contexts);
    if (words.take_exact("nexthop")) return parse_nexthop(words, contexts);
    if (words.take_exact("netns")) return parse_netns(words);
    return {};
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    std::vector<std::string> words;
    for (auto const word : split_words(as_text({data, size}))) words.emplace_back(word);
    auto const first = parse(words);
    if (!first) return 0;
    (void)plan::describe(*first);
    (void)plan::inverse_of(*first);
    auto const printed = plan::words_of(*first);
    if (parse(printed) == first) return 0;
    std::fprintf(stderr, "not read back: %s\n", join(printed, " ").c_str());
    std::abort();
}
