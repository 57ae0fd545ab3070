// vethwork import: a lab file out of network namespaces that are there.
#include <algorithm>

#include <vethwork/apply/network.hpp>
#include <vethwork/apply/settings.hpp>
#include <vethwork/observe/state.hpp>
#include <vethwork/plan/lab_text.hpp>

#include "lab/context.hpp"

namespace vethwork::app {

namespace {

struct ImportOptions {
    std::string what, prefix, lab = "imported";
    std::vector<std::string> names;
    bool quiet = false;
};

/// Those named, or all, that begin with the prefix; without it.
Result<std::vector<std::string>> chosen(ImportOptions const& options) {
    auto names = options.names;
    if (names.empty()) names = TRY(netns::list());
    std::vector<std::string> list;
    for (auto const& name : names)
        if (name.starts_with(options.prefix)) list.push_back(name.substr(options.prefix.size()));
    std::ranges::sort(list);
    if (list.empty())
        return lookup_error(options.prefix.empty()
                                ? "there is no network namespace in " + std::string(netns::run_dir)
                                : "no network namespace begins with \"" + options.prefix + "\"",
                            "`vethwork ip netns` lists those that are there");
    return list;
}

/// Whether packets are forwarded and checked: what differs between namespaces without being anybody's
/// address.
Result<> read_settings(apply::Network& network, topology::NamespaceState& netns) {
    TRY(network.enter(netns.name));
    for (std::string const name : {"net.ipv4.ip_forward", "net.ipv6.conf.all.forwarding"})
        if (auto const value = apply::get_sysctl(name); value && *value != "0") netns.sysctls[name] = *value;
    if (!netns.sysctls.empty())
        for (std::string const name :
             {"net.ipv4.ip_forward", "net.ipv6.conf.all.forwarding", "net.ipv4.conf.all.rp_filter"})
            if (auto const value = apply::get_sysctl(name)) netns.sysctls[name] = *value;
    if (auto const ruleset = apply::list_ruleset()) netns.ruleset = *ruleset;
    return {};
}

Result<topology::NetworkState> read_all(ImportOptions const& options) {
    apply::Network network(netns::run_dir, options.prefix);
    for (auto const& name : TRY(chosen(options))) TRY(network.open(name));
    auto const members = lab::members_of(network);
    auto state = TRY(observe::network_state(members, {}));
    for (auto& netns : state.namespaces) TRY(read_settings(network, netns));
    return state;
}

}  // namespace

int run_import(Invocation const& invocation) {
    OptionSet app(
        "Prints a lab file that makes the same network again. `netns` reads named network namespaces: those "
        "given, "
        "or all of /run/netns.",
        "vethwork import");
    ImportOptions options;
    app.add_option("WHAT", options.what, "netns").required().one_of({"netns"});
    app.add_option("NAMES", options.names, "names of namespaces; without any: all");
    app.add_option("--prefix", options.prefix, "those that begin with this, which nodes are named without");
    app.add_option("--name", options.lab, "the name of the lab (imported)");
    app.add_flag("-q,--quiet", options.quiet, "do not tell what a file cannot say");
    if (auto const ended = parse_words(app, invocation, "import")) return *ended;
    auto const state = read_all(options);
    if (!state) return complain_of_lab("import", state.error());
    auto const lab = plan::lab_text(*state, options.lab);
    fmt::print("{}", lab.text);
    if (!options.quiet)
        for (auto const& left : lab.left) fmt::print(stderr, "vethwork import: left out: {}\n", left);
    return status::ok;
}

}  // namespace vethwork::app
