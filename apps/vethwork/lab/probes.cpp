#include "lab/probes.hpp"

#include <sched.h>
#include <unistd.h>

#include <cstring>

#include <nlohmann/json.hpp>

#include <vethwork/apply/linux_kernel.hpp>
#include <vethwork/apply/settings.hpp>
#include <vethwork/base/text.hpp>
#include <vethwork/plan/link_operation.hpp>
#include <vethwork/plan/tuntap_operation.hpp>

#include "child_json.hpp"

namespace vethwork::app {

namespace {

using Json = nlohmann::ordered_json;

/// One kind of device: the words behind `ip link add`, and where the kernel has it (module empty: built in).
struct DeviceKind {
    std::string_view kind, words, module, option;
    bool required = false;
};

/// The first makes probe0, which others stand on.
constexpr DeviceKind device_kinds[] = {
    {"veth", "probe0 type veth peer name probe1", "veth", "CONFIG_VETH", true},
    {"bridge", "p-bridge type bridge", "bridge", "CONFIG_BRIDGE"},
    {"vlan_filtering", "p-vlans type bridge vlan_filtering 1", "", "CONFIG_BRIDGE_VLAN_FILTERING"},
    {"dummy", "p-dummy type dummy", "dummy", "CONFIG_DUMMY"},
    {"vlan", "p-vlan link probe0 type vlan id 5", "8021q", "CONFIG_VLAN_8021Q"},
    {"vrf", "p-vrf type vrf table 10", "vrf", "CONFIG_NET_VRF"},
    {"bond", "p-bond type bond", "bonding", "CONFIG_BONDING"},
    {"vxlan", "p-vxlan type vxlan id 5 dstport 4789", "vxlan", "CONFIG_VXLAN"},
    {"macvlan", "p-macvlan link probe0 type macvlan mode bridge", "macvlan", "CONFIG_MACVLAN"},
    {"ipvlan", "p-ipvlan link probe1 type ipvlan mode l2", "ipvlan", "CONFIG_IPVLAN"},
    {"wireguard", "p-wireguard type wireguard", "wireguard", "CONFIG_WIREGUARD"},
    {"gre", "p-gre type gre local 192.0.2.1 remote 192.0.2.2", "ip_gre", "CONFIG_NET_IPGRE"},
};

std::string load_hint(std::string_view module, std::string_view option) {
    return fmt::format("{}a kernel with {}",
                       module.empty() ? "" : fmt::format("sudo modprobe {}, or ", module), option);
}

Result<> add_device(apply::LinuxKernel& kernel, DeviceKind const& kind) {
    std::vector<std::string> words;
    for (auto const word : split_words(kind.words)) words.emplace_back(word);
    plan::WordReader reader(words);
    return kernel.perform(TRY(plan::parse_link_add(reader)));
}

Result<> add_tun(apply::LinuxKernel& kernel) {
    constexpr std::uint16_t tun_without_header = 0x1001;  // IFF_TUN | IFF_NO_PI of <linux/if_tun.h>
    return kernel.perform(plan::AddTunTap{{.name = "p-tun", .flags = tun_without_header}});
}

Result<> add_netem(apply::LinuxKernel& kernel) {
    return kernel.perform(plan::AddQdisc{
        {.link = {"probe0"}, .kind = "netem", .parent = topology::qdisc_root, .options = topology::Netem{}}});
}

Json finding(std::string_view what, Result<> const& result, std::string const& fix, bool required = false) {
    if (result) return {{"what", what}, {"ok", true}, {"required", required}};
    auto const& error = result.error();
    auto detail = error.kernel_text;
    if (detail.empty()) detail = error.code != 0 ? std::strerror(error.code) : error.attempt;
    return {{"what", what},
            {"ok", false},
            {"detail", detail},
            {"fix", error.hint.empty() ? fix : error.hint},
            {"required", required}};
}

Result<> probe_all(Json& findings) {
    TRY(enter_fresh_namespace());
    auto connection = TRY(netlink::Connection::open());
    apply::LinuxKernel kernel(connection);
    for (auto const& kind : device_kinds)
        findings.push_back(
            finding(kind.kind, add_device(kernel, kind), load_hint(kind.module, kind.option), kind.required));
    findings.push_back(finding("tun", add_tun(kernel), load_hint("tun", "CONFIG_TUN")));
    findings.push_back(finding("netem", add_netem(kernel), load_hint("sch_netem", "CONFIG_NET_SCH_NETEM")));
    findings.push_back(finding("nftables", apply::load_ruleset("table inet probe { }\n"),
                               load_hint("nf_tables", "CONFIG_NF_TABLES")));
    return {};
}

}  // namespace

Result<> enter_fresh_namespace() {
    if (::unshare(CLONE_NEWNET) == 0) return {};
    if (::unshare(CLONE_NEWUSER | CLONE_NEWNET) == 0) return {};
    return system_error("make a network namespace");
}

std::vector<Finding> probe_kernel() {
    auto const findings = json_of_child("the probe", []() -> Result<Json> {
        auto all = Json::array();
        if (auto const result = probe_all(all); !result)
            all.push_back(
                finding("network namespaces", result, "a kernel with CONFIG_NET_NS, or root", true));
        return all;
    });
    if (!findings) return {{"network namespaces", false, findings.error().describe(), "", true}};
    std::vector<Finding> result;
    for (auto const& one : *findings)
        result.push_back(
            {one["what"], one["ok"], one.value("detail", ""), one.value("fix", ""), one["required"]});
    return result;
}

}  // namespace vethwork::app
