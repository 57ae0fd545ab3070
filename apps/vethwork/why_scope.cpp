#include "why_scope.hpp"

#include <fcntl.h>

#include <algorithm>
#include <filesystem>
#include <functional>

#include <vethwork/base/text.hpp>

#include "lab/context.hpp"

namespace vethwork::app {

namespace {

std::string hint_for(diagnose::Sites& sites, std::string const& name) {
    std::vector<std::string_view> names;
    for (auto const& site : sites.all()) names.push_back(site->name());
    auto const best = nearest(name, names);
    return best ? fmt::format("did you mean \"{}\"?", *best) : "`vethwork ip netns` lists them";
}

namespace fs = std::filesystem;

/// Labs that are up and whose topology file `fits`.
std::vector<std::string> labs_of(WhyScope const& scope, std::function<bool(fs::path const&)> const& fits) {
    auto const ground = ground_of({.rootless = scope.rootless});
    auto const labs = lab::list_labs(ground.labs_folder);
    std::vector<std::string> chosen;
    for (auto const& name : labs ? *labs : std::vector<std::string>()) {
        auto const record = ground.directory(name).read();
        if (record && *record && fits((*record)->file)) chosen.push_back(name);
    }
    return chosen;
}

/// The lab of the file that is named.
Result<> choose_lab_of_file(WhyScope& scope) {
    auto const path = fs::absolute(scope.file).lexically_normal();
    auto const labs = labs_of(scope, [&path](fs::path const& file) { return file == path; });
    if (labs.empty())
        return lookup_error(fmt::format("no lab of {} is up", scope.file),
                            fmt::format("`vethwork up -f {}` brings it up", scope.file));
    scope.lab = labs.front();
    return {};
}

/// Where nothing else is asked for, the only lab that is up, or the only one of this folder; but not where
/// the word is a namespace's whole name.
void choose_only_lab(WhyScope& scope, std::string const& node) {
    auto const names = netns::list();
    if (names && std::ranges::find(*names, node) != names->end()) return;
    auto labs = lab::list_labs(ground_of({.rootless = scope.rootless}).labs_folder);
    std::error_code code;
    auto const here = fs::current_path(code);
    if (labs && labs->size() > 1)
        labs = labs_of(scope, [&](fs::path const& file) { return file.parent_path() == here; });
    if (labs && labs->size() == 1) scope.lab = labs->front();
}

Result<> choose_lab(WhyScope& scope, std::string const& node) {
    if (!scope.file.empty() && scope.lab.empty()) return choose_lab_of_file(scope);
    if (scope.lab.empty() && scope.prefix.empty() && scope.names.empty()) choose_only_lab(scope, node);
    return {};
}

/// A lab of root has its name before each namespace's; another lives in a space of its own.
Result<> go_to_lab(diagnose::Sites& sites, WhyScope& scope) {
    if (scope.lab.empty()) return {};
    auto const record = TRY(ground_of({.rootless = scope.rootless}).directory(scope.lab).read());
    if (!record)
        return lookup_error(fmt::format("lab \"{}\" is not up", scope.lab),
                            "`vethwork ls` lists those that are");
    scope.record = *record;
    if (record->footing == lab::Footing::root) {
        scope.prefix = scope.lab + ".";
        return {};
    }
    if (!record->keeper) return lookup_error(fmt::format("lab \"{}\" is not up", scope.lab));
    // By the /proc of out here: that of the space does not know this process.
    auto host = TRY(open_file(fmt::format("/proc/{}/ns/net", record->keeper->pid), O_RDONLY));
    TRY(lab::enter_space(*record->keeper, scope.children));
    sites.add("host", std::move(host));  // what stands for the machine there
    return {};
}

}  // namespace

void bind_scope_options(OptionSet& app, WhyScope& scope, std::string const& file_option) {
    app.add_option(file_option, scope.file, "the nodes of this topology file's lab");
    app.add_option("-l,--lab", scope.lab, "the nodes of this lab (the only one that is up)");
    app.add_flag("--rootless", scope.rootless, "that lab is in a user namespace, also as root");
    app.add_option("--in", scope.prefix, "instead: namespaces whose names begin so");
    app.add_option("--netns", scope.names, "instead: these namespaces, A,B,C");
}

Result<> open_scope(diagnose::Sites& sites, WhyScope& scope, std::string const& node) {
    TRY(choose_lab(scope, node));
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

void bind_question(OptionSet& app, WhyQuestion& question) {
    app.add_option("FROM", question.from, "the node or namespace that asks").required();
    app.add_option("TO", question.to, "a node, a namespace or an address").required();
    app.add_option("PROTOCOL", question.protocol, "icmp, tcp:PORT or udp:PORT");
    app.add_option("--tcp", question.tcp, "the same as tcp:PORT");
    app.add_option("--udp", question.udp, "the same as udp:PORT");
}

Result<diagnose::ProtocolAndPort> protocol_of(WhyQuestion const& question) {
    if (question.tcp != 0) return diagnose::ProtocolAndPort{diagnose::Protocol::tcp, question.tcp};
    if (question.udp != 0) return diagnose::ProtocolAndPort{diagnose::Protocol::udp, question.udp};
    if (auto const protocol = diagnose::parse_protocol(question.protocol)) return *protocol;
    return usage_error(fmt::format("\"{}\" is no protocol", question.protocol), "icmp, tcp:PORT or udp:PORT");
}

Result<diagnose::Flow> flow_of(WhyQuestion const& question, diagnose::Sites& sites, WhyScope const& scope) {
    auto const protocol = TRY(protocol_of(question));
    auto* const from = TRY(find_site(sites, question.from, scope));
    auto const destination = TRY(find_destination(sites, question.to, scope));
    return diagnose::Flow{.from = from->name(),
                          .destination = destination,
                          .source = {},
                          .protocol = protocol.protocol,
                          .port = protocol.port};
}

std::string why_command(WhyQuestion const& question, WhyScope const& scope) {
    std::vector<std::string> words{"vethwork", "why"};
    if (!scope.lab.empty())
        words.insert(words.end(), {"-l", scope.lab});
    else if (!scope.prefix.empty())
        words.insert(words.end(), {"--in", scope.prefix});
    if (scope.rootless) words.emplace_back("--rootless");
    if (!scope.names.empty()) words.insert(words.end(), {"--netns", scope.names});
    words.insert(words.end(), {question.from, question.to});
    auto const protocol = protocol_of(question);
    if (protocol && protocol->protocol != diagnose::Protocol::icmp)
        words.push_back(diagnose::to_string(protocol->protocol, protocol->port));
    for (auto& word : words) word = shell_quote(word);
    return join(words, " ");
}

}  // namespace vethwork::app
