#include <vethwork/observe/sysctls.hpp>

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <optional>
#include <thread>

#include <vethwork/base/text.hpp>
#include <vethwork/netns/name.hpp>

namespace vethwork::observe {

namespace {

constexpr std::string_view of_namespace[] = {
    "net/ipv4/ip_forward",
    "net/ipv4/ip_default_ttl",
    "net/ipv4/ip_nonlocal_bind",
    "net/ipv4/icmp_echo_ignore_all",
    "net/ipv4/icmp_echo_ignore_broadcasts",
    "net/ipv6/icmp/echo_ignore_all",
    "net/ipv6/bindv6only",
    "net/bridge/bridge-nf-call-iptables",
    "net/bridge/bridge-nf-call-ip6tables",
    "net/bridge/bridge-nf-call-arptables",
};

constexpr std::string_view of_link_ipv4[] = {
    "forwarding",      "rp_filter",      "arp_ignore",   "arp_filter",     "arp_announce",   "proxy_arp",
    "proxy_arp_pvlan", "route_localnet", "accept_local", "src_valid_mark", "disable_policy", "disable_xfrm",
};

constexpr std::string_view of_link_ipv6[] = {
    "forwarding", "disable_ipv6", "accept_dad", "proxy_ndp", "accept_ra", "autoconf", "disable_policy",
};

/// A setting by one read(2): they are short.
std::optional<std::string> read_setting(std::string const& name) {
    Fd const file(::open(("/proc/sys/" + name).c_str(), O_RDONLY | O_CLOEXEC));
    if (!file.is_open()) return {};
    std::array<char, 256> text{};
    auto const size = ::read(file.get(), text.data(), text.size());
    if (size < 0) return {};
    return std::string(trim({text.data(), static_cast<std::size_t>(size)}));
}

}  // namespace

Sysctls sysctls(std::span<std::string const> names) {
    Sysctls found;
    for (auto const& name : names)
        if (auto text = read_setting(name)) found.emplace(name, *std::move(text));
    return found;
}

Result<Sysctls> sysctls(Fd const& netns, std::span<std::string const> names) {
    Result<Sysctls> result = Sysctls{};
    std::thread reader([&] {
        auto const entered = netns::enter(netns);
        if (entered)
            result = sysctls(names);
        else
            result = entered.error();
    });
    reader.join();
    return result;
}

std::vector<std::string> sysctls_of_packets(std::span<std::string const> links) {
    std::vector<std::string> names(std::begin(of_namespace), std::end(of_namespace));
    auto const add = [&names](std::string const& folder) {
        for (auto const setting : of_link_ipv4)
            names.push_back("net/ipv4/conf/" + folder + "/" + std::string(setting));
        for (auto const setting : of_link_ipv6)
            names.push_back("net/ipv6/conf/" + folder + "/" + std::string(setting));
    };
    add("all");
    add("default");
    for (auto const& link : links) add(link);
    return names;
}

}  // namespace vethwork::observe
