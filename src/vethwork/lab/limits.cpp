#include <vethwork/lab/limits.hpp>

#include <sys/resource.h>

#include <map>

#include <fmt/format.h>

#include <vethwork/base/fd.hpp>
#include <vethwork/base/text.hpp>

namespace vethwork::lab {

namespace {

/// A bridge refuses port number 1,024 (BR_MAX_PORTS, net/bridge/br_private.h).
constexpr std::uint64_t most_bridge_ports = 1023;
/// A handle and a socket for each namespace, and what the program has open besides.
constexpr std::uint64_t descriptors_each = 2, descriptors_besides = 64;
/// Measured: an empty namespace takes 0.08 to 0.2 MB, an end of a cable with its addresses some 30 kB.
constexpr std::uint64_t bytes_of_namespace = 200'000, bytes_of_link = 30'000;
/// What the kernel takes where nothing is said (net/core/neighbour.c).
constexpr std::uint64_t usual_neighbour_limit = 1024;

std::uint64_t number_in(char const* file, std::uint64_t otherwise) {
    auto const text = read_file(file);
    auto const number = text ? parse_number<std::uint64_t>(trim(*text), 10) : std::nullopt;
    return number.value_or(otherwise);
}

/// A line of /proc/meminfo, in bytes.
std::uint64_t memory_line(std::string_view text, std::string_view name) {
    for (auto const line : split(text, '\n')) {
        if (!line.starts_with(name)) continue;
        auto const words = split_words(line);
        if (words.size() >= 2) return parse_number<std::uint64_t>(words[1], 10).value_or(0) * 1024;
    }
    return 0;
}

Error shortage(std::string attempt, std::string hint) {
    return {.fault = Fault::limit, .attempt = std::move(attempt), .hint = std::move(hint)};
}

}  // namespace

Needs needs_of(topology::NetworkState const& wanted) {
    Needs needs;
    for (auto const& netns : wanted.namespaces) {
        if (!netns.outside) ++needs.namespaces;
        needs.links += netns.links.size();
        std::map<std::string, std::uint64_t> ports;
        for (auto const& link : netns.links) {
            if (!link.master) continue;
            auto const count = ++ports[link.master->name];
            if (count <= needs.bridge_ports) continue;
            needs.bridge_ports = count;
            needs.bridge = netns.name + "/" + link.master->name;
        }
    }
    return needs;
}

Machine this_machine() {
    Machine machine;
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_max != RLIM_INFINITY)
        machine.descriptors = limit.rlim_max;
    machine.net_namespaces = number_in("/proc/sys/user/max_net_namespaces", Machine::unlimited);
    auto const memory = read_file("/proc/meminfo");
    auto const available = memory ? memory_line(*memory, "MemAvailable:") : 0;
    if (available > 0) machine.memory = available;
    return machine;
}

std::uint64_t memory_estimate(Needs const& needs) {
    return needs.namespaces * bytes_of_namespace + needs.links * bytes_of_link;
}

std::vector<Error> shortages(Needs const& needs, Machine const& machine) {
    std::vector<Error> list;
    if (needs.bridge_ports > most_bridge_ports)
        list.push_back(shortage(fmt::format("{} would have {} ports, and a bridge has at most {}",
                                            needs.bridge, needs.bridge_ports, most_bridge_ports),
                                "split it, with a router or another switch between"));
    auto const descriptors = needs.namespaces * descriptors_each + descriptors_besides;
    if (descriptors > machine.descriptors)
        list.push_back(shortage(
            fmt::format("{} namespaces take {} open files, and this process may have {}", needs.namespaces,
                        descriptors, machine.descriptors),
            fmt::format("as root: ulimit -Hn {}; or LimitNOFILE= of the service it runs in", descriptors)));
    if (needs.namespaces > machine.net_namespaces)
        list.push_back(shortage(fmt::format("{} network namespaces are wanted, and a user may have {}",
                                            needs.namespaces, machine.net_namespaces),
                                fmt::format("sudo sysctl user.max_net_namespaces={}", 2 * needs.namespaces)));
    if (memory_estimate(needs) > machine.memory)
        list.push_back(shortage(fmt::format("some {} MB of memory are wanted, and {} MB are free",
                                            memory_estimate(needs) / 1'000'000, machine.memory / 1'000'000),
                                "a smaller lab, or fewer other programs"));
    return list;
}

std::uint64_t neighbour_limit() {
    return number_in("/proc/sys/net/ipv4/neigh/default/gc_thresh3", usual_neighbour_limit);
}

void raise_descriptor_limit() {
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
    limit.rlim_cur = limit.rlim_max;
    (void)::setrlimit(RLIMIT_NOFILE, &limit);
}

}  // namespace vethwork::lab
