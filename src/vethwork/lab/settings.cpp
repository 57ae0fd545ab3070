#include <vethwork/lab/settings.hpp>

#include <linux/rtnetlink.h>

#include <cerrno>

#include <nlohmann/json.hpp>

#include <vethwork/apply/settings.hpp>
#include <vethwork/netlink/connection.hpp>
#include <vethwork/netlink/link.hpp>
#include <vethwork/netns/create.hpp>
#include <vethwork/plan/lab_plan.hpp>
#include <vethwork/topology/sysctl.hpp>

namespace vethwork::lab {

namespace {

using topology::NamespaceState;

constexpr std::string_view file_name = "settings.json";

std::set<std::string> unnamed(std::set<std::string> const& once, NamespaceState const& wanted) {
    std::set<std::string> names;
    for (auto const& name : once) {
        auto const link = topology::link_of_sysctl(name);
        bool const goes_with_link = !link.empty() && !wanted.link(link);
        if (wanted.sysctls.contains(name) || goes_with_link) continue;
        names.insert(name);
        for (auto const& other : wanted.links)
            if (auto same = topology::sysctl_taken_over(name, other.name);
                !same.empty() && !wanted.sysctls.contains(same))
                names.insert(std::move(same));
    }
    return names;
}

/// Links of these names, of a kind that every kernel has.
Result<> make_links(std::set<std::string> const& names) {
    auto connection = TRY(netlink::Connection::open());
    for (auto const& name : names) {
        topology::Link link{.name = name};
        link.kind = topology::Veth{};
        netlink::MessageWriter message(RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL, "make a link to ask about");
        netlink::write_link(link, message);
        TRY(connection.request(std::move(message)));
    }
    return {};
}

/// Brings the present namespace, which is new, as far as settings go to what `up` makes of `wanted`. What
/// cannot be set here has no part in the answer.
Result<> make_alike(NamespaceState const& wanted, std::set<std::string> const& links) {
    NamespaceState plain{.name = wanted.name, .sysctls = wanted.sysctls};
    auto const plan = plan::make_plan({.namespaces = {std::move(plain)}}, {});
    bool made = false;
    for (auto const& step : plan.steps) {
        auto const* const setting = std::get_if<plan::SetSysctl>(&step.operation);
        if (!setting) continue;
        if (step.phase == plan::Phase::sysctls && !made) {
            TRY(make_links(links));
            made = true;
        }
        (void)apply::set_sysctl(setting->name, setting->value);
    }
    return made ? Result<>() : make_links(links);
}

Result<> want_as_new(NamespaceState& wanted, std::set<std::string> const& names) {
    TRY(netns::enter_new());
    std::set<std::string> links;
    for (auto const& name : names)
        if (auto link = topology::link_of_sysctl(name); !link.empty()) links.insert(std::move(link));
    TRY(make_alike(wanted, links));
    for (auto const& name : names)
        if (auto value = apply::get_sysctl(name)) wanted.sysctls[name] = *std::move(value);
    return {};
}

}  // namespace

SettingNames settings_of(topology::NetworkState const& state) {
    SettingNames all;
    for (auto const& netns : state.namespaces) {
        if (netns.outside || netns.sysctls.empty()) continue;
        auto& names = all[netns.name];
        for (auto const& [name, value] : netns.sysctls) names.insert(name);
    }
    return all;
}

Result<SettingNames> read_setting_names(Directory const& directory) {
    auto const text = read_file(directory.path_of(file_name));
    if (!text && text.error().code == ENOENT) return SettingNames();
    if (!text) return text.error();
    try {
        return nlohmann::json::parse(*text).get<SettingNames>();
    } catch (nlohmann::json::exception const& broken) {
        return malformed_error("read \"" + directory.path_of(file_name) + "\": " + broken.what());
    }
}

Result<> write_setting_names(Directory const& directory, SettingNames const& names) {
    return directory.replace(file_name, nlohmann::json(names).dump());
}

SettingNames both(SettingNames names, SettingNames const& others) {
    for (auto const& [node, more] : others) names[node].insert(more.begin(), more.end());
    return names;
}

Result<> want_unnamed_as_new(SettingNames const& once, topology::NetworkState& wanted) {
    for (auto& netns : wanted.namespaces) {
        auto const found = once.find(netns.name);
        if (netns.outside || found == once.end()) continue;
        auto const names = unnamed(found->second, netns);
        if (names.empty()) continue;
        TRY(want_as_new(netns, names));
        for (auto const& name : names)
            wanted.origins[topology::key_of_sysctl(netns.name, name)] = {.file = {},
                                                                         .reason = "not named any more"};
    }
    return {};
}

}  // namespace vethwork::lab
