#include "lab/way_out.hpp"

#include <unistd.h>

#include <cstdlib>

#include <vethwork/topology/nat_way_out.hpp>
#include <vethwork/topology/way_out.hpp>

namespace vethwork::app {

namespace {

using topology::InternetMode;

/// Where a program lies along PATH, and where root's programs lie; empty where it does not.
std::string path_of_program(std::string_view name) {
    char const* const path = std::getenv("PATH");
    auto const folders = std::string(path ? path : "") + ":/usr/bin:/usr/sbin";
    for (auto const folder : split(folders, ':')) {
        auto file = std::string(folder) + "/" + std::string(name);
        if (!folder.empty() && ::access(file.c_str(), X_OK) == 0) return file;
    }
    return {};
}

std::vector<std::string> pasta(std::string const& program, std::string const& netns,
                               topology::Lab const& lab) {
    auto const own = topology::way_out_address(Family::ipv4);
    std::vector<std::string> words{program,       "--foreground",
                                   "--quiet",     "--netns-only",
                                   "--netns",     netns,
                                   "--ns-ifname", std::string(topology::way_out_device),
                                   "--address",   own.address.to_string(),
                                   "--netmask",   std::to_string(own.length),
                                   "--gateway",   topology::way_out_gateway(Family::ipv4).to_string(),
                                   "--no-map-gw",  // no way to what only this machine may reach
                                   "--no-ra",     "--runas",
                                   "0",           "--udp-ports",
                                   "none",        "--tcp-ns",
                                   "none",        "--udp-ns",
                                   "none"};
    if (topology::leads_out(lab, Family::ipv6))
        words.insert(words.end(), {"--address", topology::way_out_address(Family::ipv6).address.to_string(),
                                   "--gateway", topology::way_out_gateway(Family::ipv6).to_string()});
    else
        words.push_back("--ipv4-only");
    auto const ports = topology::published_ports(lab);
    if (ports.empty()) words.insert(words.end(), {"--tcp-ports", "none"});
    for (auto const& port : ports)
        words.insert(words.end(), {"--tcp-ports", fmt::format("{}/{}:{}", port.address.to_string(),
                                                              port.machine_port, port.port)});
    return words;
}

std::vector<std::string> slirp(std::string const& program, std::string const& netns) {
    return {program,
            "--netns-type=path",
            "--cidr=" + topology::way_out_address(Family::ipv4).network().to_string(),
            "--disable-host-loopback",
            "--mtu=1500",
            netns,
            std::string(topology::way_out_device)};
}

/// What publishes ports is pasta.
std::vector<std::string> command_for(topology::Lab const& lab, std::string const& netns) {
    auto const mode = lab.internet->mode;
    auto const ports = topology::published_ports(lab);
    if (mode != InternetMode::slirp4netns)
        if (auto const program = path_of_program("pasta"); !program.empty())
            return pasta(program, netns, lab);
    if (mode != InternetMode::pasta && ports.empty())
        if (auto const program = path_of_program("slirp4netns"); !program.empty())
            return slirp(program, netns);
    return {};
}

}  // namespace

std::optional<lab::Service> way_out_service(LoadedLab const& loaded, lab::Footing footing) {
    if (!topology::has_way_out(loaded.lab) || topology::leads_through_machine(loaded.lab)) return {};
    auto const& internet = *loaded.lab.internet;
    auto const& node = loaded.lab.nodes[internet.via].name;
    lab::Service service{.node = node, .name = "internet"};
    service.argv = command_for(loaded.lab, netns::path_of(lab::pin_prefix(footing, loaded.lab.name) + node));
    if (service.argv.empty()) return {};
    service.outside = true;
    service.dir = "/";
    service.ready_by = lab::ReadyBy::exec;
    service.ready_what = fmt::format("grep -q 1 /sys/class/net/{}/carrier", topology::way_out_device);
    return service;
}

std::string usual_way_out() {
    for (std::string const program : {"pasta", "slirp4netns"})
        if (!path_of_program(program).empty()) return program;
    return {};
}

std::optional<Error> why_no_way_out(LoadedLab const& loaded, lab::Footing footing) {
    if (topology::leads_through_machine(loaded.lab)) {
        if (footing == lab::Footing::root) return {};
        return Error{.fault = Fault::limit,
                     .attempt =
                         "`mode: nat` makes a link, a firewall table and forwarding in this machine's "
                         "own network namespace, which only root may",
                     .hint = "sudo vethwork up, or leave `mode` out: pasta and slirp4netns need no root"};
    }
    if (!topology::has_way_out(loaded.lab) || way_out_service(loaded, footing)) return {};
    auto const mode = loaded.lab.internet->mode;
    if (!topology::published_ports(loaded.lab).empty())
        return Error{.fault = Fault::limit,
                     .attempt = "`publish:` is done by pasta, which is not installed",
                     .hint = "sudo apt install passt (it has pasta)"};
    std::string const program = mode == InternetMode::pasta         ? "pasta"
                                : mode == InternetMode::slirp4netns ? "slirp4netns"
                                                                    : "neither pasta nor slirp4netns";
    return Error{.fault = Fault::limit,
                 .attempt = fmt::format("`internet:` leads out through a program, and {} is {}installed",
                                        program, mode == InternetMode::automatic ? "" : "not "),
                 .hint = mode == InternetMode::slirp4netns
                             ? "sudo apt install slirp4netns, or leave `mode` out"
                             : "sudo apt install passt (it has pasta), or slirp4netns; or, as root, "
                               "`mode: nat`, by which this machine itself forwards for the lab"};
}

}  // namespace vethwork::app
