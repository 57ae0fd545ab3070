#include <vethwork/diagnose/check_delivery.hpp>

#include <algorithm>
#include <filesystem>

#include <fmt/format.h>

#include <vethwork/base/text.hpp>
#include <vethwork/diagnose/check_translation.hpp>
#include <vethwork/diagnose/findings.hpp>
#include <vethwork/diagnose/words.hpp>

namespace vethwork::diagnose {

namespace {

std::vector<Finding> echo_ignored(Site& target, Family family) {
    auto const name =
        family == Family::ipv4 ? "net.ipv4.icmp_echo_ignore_all" : "net.ipv6.icmp.echo_ignore_all";
    if (target.sysctl(name) != "1") return {};
    return {losing("icmp-echo-ignored", target, fmt::format("it answers no echo request ({}=1)", name),
                   {sysctl(target, std::string(name) + "=0")})};
}

/// A stand-in that answers, until the real service is there.
Action stand_in(Site const& target, Protocol protocol, IpAddress const& address, std::uint16_t port) {
    auto const text = address.family == Family::ipv6 ? "[" + address.to_string() + "]" : address.to_string();
    return {Action::Tool::program, target.name(),
            fmt::format("setsid -f vethwork serve {} {}:{} --echo </dev/null >/dev/null 2>&1",
                        protocol == Protocol::tcp ? "tcp" : "udp", text, port)};
}

std::string listening_cause(observe::Socket const& socket, IpAddress const& to) {
    auto const local = observe::unmapped(socket.local);
    if (local.is_loopback()) return "listening-on-loopback-only";
    return local.family != to.family ? "listening-other-family" : "listening-wrong-address";
}

/// What stands between a packet that has arrived and a program.
struct Doorstep {
    Site* target;
    IpAddress to;
    Protocol protocol;
    std::uint16_t port;
    topology::Link const* in;

    [[nodiscard]] Finding says(std::string cause, std::string what) const {
        return losing(std::move(cause), *target, std::move(what), {stand_in(*target, protocol, to, port)});
    }
};

/// The processes that hold a socket.
std::vector<std::string> holders_of(std::uint32_t inode) {
    namespace fs = std::filesystem;
    std::vector<std::string> found;
    std::error_code code;
    auto const wanted = fmt::format("socket:[{}]", inode);
    for (auto const& process : fs::directory_iterator("/proc", code)) {
        auto const pid = process.path().filename().string();
        if (!parse_number<int>(pid)) continue;
        std::error_code ignored;
        for (auto const& fd : fs::directory_iterator(process.path() / "fd", ignored))
            if (fs::read_symlink(fd.path(), ignored) == wanted) {
                found.push_back(pid);
                break;
            }
    }
    return found;
}

/// The server hangs: it is ended, and a stand-in takes its place.
std::vector<Action> restart(Doorstep const& door, std::uint32_t inode) {
    auto const pids = holders_of(inode);
    if (pids.empty()) return {};
    Action const end{Action::Tool::program, door.target->name(),
                     "sh -c 'kill " + join(pids, " ") + "; sleep 0.3'"};
    return {end, stand_in(*door.target, door.protocol, door.to, door.port)};
}

/// Whether sockets that are bound to no device hear what comes in by VRFs: 1, they do. It is of IPv6 too.
std::string vrf_setting(Protocol protocol) {
    return protocol == Protocol::tcp ? "net.ipv4.tcp_l3mdev_accept" : "net.ipv4.udp_l3mdev_accept";
}

std::vector<Finding> socket_obstacles(Doorstep const& door) {
    std::vector<observe::Socket> at_port, ours;
    for (auto const& socket : door.target->listeners(socket_table(door.protocol)))
        if (socket.port == door.port) at_port.push_back(socket);
    auto const name = to_string(door.protocol, door.port);
    if (at_port.empty()) return {door.says("port-closed", fmt::format("nobody listens on {}", name))};
    std::ranges::copy_if(at_port, std::back_inserter(ours),
                         [&](auto const& one) { return one.takes(door.to); });
    auto const only = at_port.front().local.to_string();
    if (ours.empty())
        return {door.says(listening_cause(at_port.front(), door.to),
                          fmt::format("{} listens on {} only", name, only))};
    auto const* const vrf = door.in ? door.target->vrf_of(*door.in) : nullptr;
    auto const hears_vrfs = vrf_setting(door.protocol);
    bool const is_deaf = vrf && door.target->sysctl(hears_vrfs) != "1";
    auto const hears = [&](auto const& one) {
        if (one.device == 0) return !is_deaf;
        return !door.in || one.device == door.in->index || (vrf && one.device == vrf->index);
    };
    if (std::ranges::none_of(ours, hears)) {
        if (is_deaf && ours.front().device == 0)
            return {losing("listening-wrong-device", *door.target,
                           fmt::format("{} listens outside of VRF {}", name, vrf->name),
                           {sysctl(*door.target, hears_vrfs + "=1")})};
        auto finding =
            door.says("listening-wrong-device",
                      fmt::format("{} listens on {} only", name, door.target->device(ours.front().device)));
        // A second TCP socket for the same port is refused while this one listens.
        if (auto again = restart(door, ours.front().inode); !again.empty()) finding.repair = std::move(again);
        return {std::move(finding)};
    }
    if (std::ranges::all_of(ours, &observe::Socket::is_backlog_full))
        return {losing(
            "listen-backlog-full", *door.target,
            fmt::format("{} connections wait at {}, and none is accepted", ours.front().receive_queue, name),
            restart(door, ours.front().inode))};
    return {};
}

}  // namespace

observe::SocketProtocol socket_table(Protocol protocol) {
    return protocol == Protocol::tcp ? observe::SocketProtocol::tcp : observe::SocketProtocol::udp;
}

bool listens(Site& site, Protocol protocol, std::uint16_t port) {
    if (protocol == Protocol::icmp) return false;
    return std::ranges::any_of(site.listeners(socket_table(protocol)),
                               [port](auto const& one) { return one.port == port; });
}

std::vector<Finding> delivery_obstacles(Sites& sites, Site& target, Walk const& forward, Flow const& flow) {
    auto const to = forward.destination.value_or(flow.destination);
    if (flow.protocol == Protocol::icmp) return echo_ignored(target, to.family);
    auto const* const last = forward.last();
    auto found = socket_obstacles({&target, to, flow.protocol, forward.port != 0 ? forward.port : flow.port,
                                   last ? last->in : nullptr});
    if (!found.empty() && found.front().cause == "port-closed" && forward.destination_translation)
        if (auto translation = wrong_service(sites, target, forward, flow)) return {std::move(*translation)};
    return found;
}

std::vector<Action> answering_from(Hop const& hop, IpAddress const& address) {
    if (!hop.route || !hop.out) return {};
    auto const& route = *hop.route;
    auto words = prefix_words(route);
    if (route.via) words += " via " + route.via->to_string();
    words += fmt::format(" dev {} src {}", hop.out->name, address.to_string());
    if (route.table != topology::main_table) words += " table " + table_words(route.table);
    // The kernel's own route of IPv6 stays; this one is preferred to it.
    if (route.protocol == topology::kernel_protocol && route.family == Family::ipv6) words += " metric 128";
    return {ip(*hop.site, route.family, "route replace " + words)};
}

void blame_source(Sites& sites, Site& start, Walk const& forward, Walk& back, Flow const& flow) {
    if (is_clean(back) || !forward.source || flow.source || forward.hops.empty()) return;
    auto const& first = forward.hops.front();
    auto const* const ours = start.address(*forward.source);
    bool const is_chosen = first.route && first.route->preferred_source == forward.source;
    if (!first.out || !ours || (ours->link.index == first.out->index && !is_chosen)) return;
    for (auto const& address : start.addresses()) {
        if (address.link.index != first.out->index || !address.local || address.local == forward.source ||
            address.local->family != flow.destination.family)
            continue;
        auto* const target = forward.hops.back().site;
        auto const other =
            walk(sites, *target,
                 {.destination = *address.local, .source = flow.destination, .protocol = flow.protocol},
                 Direction::back);
        if (!is_clean(other)) continue;
        auto const route = first.route ? prefix_words(*first.route) : flow.destination.to_string();
        auto const via = first.route && first.route->via ? " via " + first.route->via->to_string()
                                                         : " dev " + first.out->name;
        back.track.insert(
            back.track.begin(),
            misleading(
                "source-address-wrong", start,
                fmt::format("it sends from {}, to which nobody has a way back", forward.source->to_string()),
                {ip(start, flow.destination.family,
                    fmt::format("route replace {}{} src {}", route, via, address.local->to_string()))}));
        return;
    }
}

}  // namespace vethwork::diagnose
