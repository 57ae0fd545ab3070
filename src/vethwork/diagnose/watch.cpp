#include <vethwork/diagnose/watch.hpp>

#include <sys/stat.h>

#include <algorithm>

namespace vethwork::diagnose {

namespace {

using observe::Packet;

std::optional<std::uint32_t> inode_of(Site const& site) {
    struct stat info {};
    if (::fstat(site.netns(), &info) != 0) return {};
    return static_cast<std::uint32_t>(info.st_ino);
}

/// Questions and answers about who has an address.
bool read_neighbour(Packet const& packet, Sighting& sighting) {
    if (auto const* const arp = packet.find<observe::Arp>(); arp && arp->is_ipv4()) {
        bool const asks = arp->operation == 1;
        sighting.kind = asks ? Sighting::Kind::question : Sighting::Kind::answer;
        sighting.source = IpAddress::from_bytes(arp->sender_protocol);
        sighting.target = IpAddress::from_bytes(asks ? arp->target_protocol : arp->sender_protocol);
        return arp->operation == 1 || arp->operation == 2;
    }
    auto const* const icmp = packet.find<observe::Icmpv6>();
    if (!icmp) return false;
    bool const asks = icmp->type == observe::icmpv6_type::neighbor_solicitation;
    if (!asks && icmp->type != observe::icmpv6_type::neighbor_advertisement) return false;
    sighting.kind = asks ? Sighting::Kind::question : Sighting::Kind::answer;
    sighting.target = icmp->target;
    return true;
}

void read_addresses(Packet const& packet, Sighting& sighting) {
    if (auto const* const ip = packet.find<observe::Ipv4>()) {
        sighting.source = ip->source;
        sighting.destination = ip->destination;
    } else if (auto const* const ip6 = packet.find<observe::Ipv6>()) {
        sighting.source = ip6->source;
        sighting.destination = ip6->destination;
    }
    auto const* const tcp = packet.find<observe::Tcp>();
    sighting.is_reset = tcp && (tcp->flags & observe::tcp_flag::rst) != 0;
}

bool read_probe(Packet const& packet, Probe& probe, Sighting& sighting) {
    auto const relation = probe.relation(packet);
    if (relation == Relation::none) return false;
    sighting.kind = relation == Relation::request ? Sighting::Kind::request
                    : relation == Relation::reply ? Sighting::Kind::reply
                                                  : Sighting::Kind::error;
    read_addresses(packet, sighting);
    return true;
}

}  // namespace

Watch Watch::open(std::vector<Site*> const& sites, std::vector<std::string>& gaps) {
    Watch watch;
    std::vector<std::uint32_t> inodes;
    for (auto* const site : sites) {
        if (!site->enter()) continue;
        auto socket = observe::PacketSocket::open({.promiscuity = observe::Promiscuity::off});
        if (!socket) {
            gaps.push_back("packets of " + site->name() + ": " + socket.error().describe());
            continue;
        }
        watch.taps_.push_back({site, std::move(*socket)});
        if (auto const inode = inode_of(*site)) {
            inodes.push_back(*inode);
            watch.inodes_.emplace_back(*inode, site);
        }
    }
    if (auto attached = observe::DropWatch::attach(inodes)) watch.drop_watch_ = std::move(*attached);
    return watch;
}

std::vector<int> Watch::fds() const {
    std::vector<int> all;
    for (auto const& tap : taps_) all.push_back(tap.socket.fd());
    if (drop_watch_) all.push_back(drop_watch_->fd());
    return all;
}

void Watch::collect(Probe& probe) {
    for (auto& tap : taps_) {
        for (;;) {
            auto const frames = tap.socket.read();
            if (!frames || frames->empty()) break;
            for (auto const& frame : *frames) note(*tap.site, frame, probe);
        }
    }
    if (!drop_watch_) return;
    for (auto& drop : drop_watch_->read()) {
        auto const packet = observe::decode_packet(
            drop.protocol == observe::ethertype::ipv6 ? observe::LinkType::ipv6 : observe::LinkType::ipv4,
            drop.bytes, drop.bytes.size());
        if (probe.relation(packet) == Relation::none) continue;
        auto const site = std::ranges::find(inodes_, drop.netns, [](auto const& one) { return one.first; });
        if (site != inodes_.end()) drops_.emplace_back(site->second, std::move(drop));
    }
}

void Watch::note(Site& site, observe::Frame const& frame, Probe& probe) {
    auto const packet = observe::decode_packet(frame);
    auto const* const link = packet.find<observe::CookedLink>();
    if (!link) return;
    Sighting sighting{.time = frame.time, .site = &site, .index = link->interface};
    sighting.way = link->direction == observe::Direction::outgoing ? Way::out : Way::in;
    sighting.for_others = link->direction == observe::Direction::other_host;
    if (!read_probe(packet, probe, sighting) && !read_neighbour(packet, sighting)) return;
    sightings_.push_back(std::move(sighting));
}

}  // namespace vethwork::diagnose
