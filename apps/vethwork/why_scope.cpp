#include "why_scope.hpp"

#include <fcntl.h>

#include <algorithm>

#include <vethwork/base/text.hpp>
#include <vethwork/lab/space.hpp>

#include "lab/context.hpp"

namespace vethwork::app {

namespace {

std::string hint_for(diagnose::Sites& sites, std::string const& name) {
    std::vector<std::string_view> names;
    for (auto const& site : sites.all()) names.push_back(site->name());
    auto const best = nearest(name, names);
    return best ? fmt::format("did you mean \"{}\"?", *best) : "`vethwork ip netns` lists them";
}

/// A lab of root has its name before each namespace's; another lives in a space of its own.
Result<> go_to_lab(diagnose::Sites& sites, WhyScope& scope) {
    if (scope.lab.empty()) return {};
    auto const record = TRY(ground_of({}).directory(scope.lab).read());
    if (!record)
        return lookup_error(fmt::format("lab \"{}\" is not up", scope.lab),
                            "`vethwork ls` lists those that are");
    if (record->footing == lab::Footing::root) {
        scope.prefix = scope.lab + ".";
        return {};
    }
    if (!record->keeper) return lookup_error(fmt::format("lab \"{}\" is not up", scope.lab));
    TRY(lab::enter_space(*record->keeper, lab::Children::belong));
    sites.add("host", TRY(open_file("/proc/self/ns/net", O_RDONLY)));  // what stands for the machine there
    return {};
}

}  // namespace

void bind_scope_options(CLI::App& app, WhyScope& scope) {
    app.add_option("-l,--lab", scope.lab, "the nodes of this lab");
    app.add_option("--in", scope.prefix, "only namespaces whose names begin so");
    app.add_option("--netns", scope.names, "only these namespaces: A,B,C");
}

Result<> open_scope(diagnose::Sites& sites, WhyScope& scope) {
    TRY(go_to_lab(sites, scope));
    std::vector<std::string> names;
    if (scope.names.empty())
        names = TRY(netns::list());
    else
        for (auto const part : split(scope.names, ',')) names.emplace_back(part);
    std::ranges::sort(names);
    for (auto const& name : names) {
        if (!name.starts_with(scope.prefix) || sites.find(name)) continue;
        sites.add(name, TRY(netns::open_named(name)));
    }
    if (sites.all().empty())
        return lookup_error(scope.prefix.empty()
                                ? std::string("there are no network namespaces")
                                : fmt::format("no namespace's name begins with \"{}\"", scope.prefix),
                            "`vethwork up` makes a lab, `vethwork ip netns add` a namespace");
    return {};
}

Result<diagnose::Site*> find_site(diagnose::Sites& sites, std::string const& name, WhyScope const& scope) {
    auto* site = sites.find(name);
    if (!site) site = sites.find(scope.prefix + name);
    if (site) return site;
    return lookup_error(fmt::format("there is no namespace \"{}\"", name), hint_for(sites, name));
}

Result<IpAddress> find_destination(diagnose::Sites& sites, std::string const& word, WhyScope const& scope) {
    if (auto const address = IpAddress::parse(word)) return *address;
    auto* const site = TRY(find_site(sites, word, scope));
    std::optional<IpAddress> second;
    for (auto const& address : site->addresses()) {
        if (!address.local || address.local->is_loopback() || address.local->is_link_local()) continue;
        if (address.local->family == Family::ipv4) return *address.local;
        if (!second) second = address.local;
    }
    if (second) return *second;
    return lookup_error(fmt::format("\"{}\" has no address", word),
                        fmt::format("ip -n {} address add …", site->name()));
}

}  // namespace vethwork::app
