#include <vethwork/lab/machine.hpp>

#include <dirent.h>
#include <fcntl.h>
#include <net/if.h>
#include <sys/file.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <set>

#include <vethwork/apply/settings.hpp>
#include <vethwork/base/text.hpp>
#include <vethwork/netlink/nftables.hpp>
#include <vethwork/netns/name.hpp>
#include <vethwork/observe/routes.hpp>
#include <vethwork/topology/nat_way_out.hpp>

namespace vethwork::lab {

namespace {

namespace fs = std::filesystem;

constexpr char const* present_namespace = "/proc/thread-self/ns/net";

std::uint64_t inode_of(std::string const& path) {
    struct stat facts;
    return ::stat(path.c_str(), &facts) == 0 ? facts.st_ino : 0;
}

std::string name_of_link(std::uint32_t index) {
    char name[IF_NAMESIZE];
    return ::if_indextoname(index, name) ? name : std::string();
}

/// Where IPv4 routes of the main table lead to.
Result<std::set<std::string>> links_with_routes() {
    auto connection = TRY(netlink::Connection::open());
    std::set<std::uint32_t> indices;
    auto const note = [&indices](std::optional<topology::LinkRef> const& link) {
        if (link) indices.insert(link->index);
    };
    TRY(observe::for_each_route(connection, {.family = Family::ipv4, .table = topology::main_table},
                                [&note](topology::Route const& route) {
                                    note(route.link);
                                    for (auto const& hop : route.hops) note(hop.link);
                                }));
    std::set<std::string> names;
    for (auto const index : indices)
        if (auto name = name_of_link(index); !name.empty() && name != "lo") names.insert(std::move(name));
    return names;
}

/// The labs' records that have a share of this namespace.
std::vector<Record> sharers(Ground const& ground, std::uint64_t netns) {
    std::vector<Record> records;
    auto const names = list_labs(ground.labs_folder);
    for (auto const& name : names ? *names : std::vector<std::string>())
        if (auto record = ground.directory(name).read(); record && *record)
            if ((*record)->machine && (*record)->machine->netns == netns)
                records.push_back(**std::move(record));
    return records;
}

/// The namespace of that number, as some process or name has it.
std::optional<Fd> find_namespace(std::uint64_t netns) {
    std::vector<std::string> places{present_namespace};
    std::error_code code;
    for (auto const& entry : fs::directory_iterator("/proc", code))
        if (parse_number<std::int32_t>(entry.path().filename().string(), 10))
            places.push_back(entry.path().string() + "/ns/net");
    for (auto const& entry : fs::directory_iterator(netns::run_dir, code)) places.push_back(entry.path());
    for (auto const& place : places)
        if (inode_of(place) == netns)
            if (auto handle = open_file(place, O_RDONLY)) return std::move(*handle);
    return {};
}

Error taken(std::string const& lab, std::string const& what) {
    return {.fault = Fault::limit,
            .attempt = "`mode: nat` of lab \"" + lab + "\" needs " + what + " of this machine",
            .hint = "the lab's name decides about both: give it another `name`, or leave `mode` out"};
}

/// Deletes the cable's end, and with it the other.
Result<> end_cable(std::string const& link) {
    if (::if_nametoindex(link.c_str()) == 0) return {};
    apply::Network machine(netns::run_dir, "");
    TRY(machine.attach_here("here"));
    plan::Operation const end = plan::DeleteLink{.link = {link}};
    apply::Task task{.operation = &end};
    machine.perform("here", {&task, 1});
    return std::move(task.outcome);
}

/// Where nft cannot be asked there was no table made either.
Result<> end_table(std::string const& table) {
    if (!netlink::run_nft("list table inet " + table, netlink::NftOutput::plain)) return {};
    return apply::load_ruleset(topology::nat_way_out_removal(table));
}

/// Links that are gone have nothing to be put back.
Result<> put_back(std::string const& link, std::string const& value) {
    auto const name = topology::forwarding_setting(link);
    auto const now = apply::get_sysctl(name);
    return !now || *now == value ? Result<>() : apply::set_sysctl(name, value);
}

}  // namespace

Result<Fd> lock_machine(Ground const& ground) {
    for (;;) {
        Fd folder = TRY(open_file(ground.labs_folder, O_RDONLY | O_DIRECTORY));
        while (::flock(folder.get(), LOCK_EX) != 0)
            if (errno != EINTR) return system_error("lock \"" + ground.labs_folder + "\"");
        struct stat mine;
        if (::fstat(folder.get(), &mine) == 0 && mine.st_ino == inode_of(ground.labs_folder)) return folder;
    }
}

Result<MachineShare> survey_machine(Ground const& ground, std::string const& lab) {
    auto const way = topology::nat_way_out(lab);
    MachineShare share{.netns = inode_of(present_namespace), .link = way.link, .table = way.table};
    std::map<std::string, std::string> known, own;
    for (auto const& record : sharers(ground, share.netns)) {
        known.insert(record.machine->opened.begin(), record.machine->opened.end());
        if (record.name == lab) own = record.machine->opened;
    }
    auto links = TRY(links_with_routes());
    for (auto const& [link, value] : own) links.insert(link);
    links.erase(way.link);
    for (auto const& link : links) {
        auto const now = apply::get_sysctl(topology::forwarding_setting(link));
        if (!now) continue;
        if (auto const before = known.find(link); before != known.end())
            share.opened.insert(*before);
        else if (*now == "0")
            share.opened[link] = *now;
    }
    return share;
}

Result<> check_free(std::string const& lab) {
    auto const way = topology::nat_way_out(lab);
    if (::if_nametoindex(way.link.c_str()) != 0) return taken(lab, "the link name " + way.link);
    auto connection = TRY(netlink::Connection::open());
    bool overlaps = false;
    auto const network = way.machine.network();
    TRY(observe::for_each_route(connection, {.family = Family::ipv4}, [&](topology::Route const& route) {
        if (!route.destination || route.destination->length == 0) return;
        overlaps |=
            network.contains(route.destination->address) || route.destination->contains(network.address);
    }));
    if (overlaps) return taken(lab, "the addresses " + network.to_string());
    return {};
}

void complete_machine(topology::NetworkState& wanted, std::string const& lab, MachineShare const& share) {
    auto const netns =
        std::ranges::find(wanted.namespaces, topology::machine_namespace, &topology::NamespaceState::name);
    if (netns == wanted.namespaces.end()) return;
    auto const origin = wanted.origins[topology::key_of_ruleset(netns->name)];
    std::vector<std::string> links;
    for (auto const& [link, value] : share.opened) {
        auto const name = topology::forwarding_setting(link);
        netns->sysctls[name] = "1";
        wanted.origins[topology::key_of_sysctl(netns->name, name)] = origin;
        links.push_back(link);
    }
    netns->ruleset = topology::nat_way_out_ruleset(topology::nat_way_out(lab), links);
}

std::string describe(MachineShare const& share) {
    std::vector<std::string> links;
    for (auto const& [link, value] : share.opened) links.push_back(link);
    return "of this machine, until `vethwork down`: link " + share.link + ", nft table inet " + share.table +
           (links.empty() ? ", and nothing else: it forwards already"
                          : ", and forwarding (IPv4) of " + join(links, ", "));
}

std::vector<Error> release_machine(Ground const& ground, Record& record) {
    std::vector<Error> left;
    auto const note = [&left](Result<> result) {
        if (!result) left.push_back(std::move(result).error());
    };
    if (!record.machine) return left;
    auto const share = *record.machine;
    auto const lock = lock_machine(ground);
    if (!lock) left.push_back(lock.error());
    if (auto const netns = find_namespace(share.netns)) {  // else everything in it has gone with it
        if (auto entered = netns::enter(*netns); !entered) return {std::move(entered).error()};
        auto const others = sharers(ground, share.netns);
        for (auto const& [link, value] : share.opened) {
            bool const shared = std::ranges::any_of(others, [&](Record const& other) {
                return other.name != record.name && other.machine->opened.contains(link);
            });
            if (!shared) note(put_back(link, value));
        }
        note(end_cable(share.link));
        note(end_table(share.table));
    }
    if (!left.empty()) return left;
    record.machine.reset();
    note(ground.directory(record.name).write(record));
    return left;
}

}  // namespace vethwork::lab
