#include <algorithm>
#include <map>
#include <set>

#include <fmt/format.h>

#include <vethwork/topology/address_number.hpp>
#include <vethwork/topology/stages.hpp>

namespace vethwork::topology {

namespace {

constexpr Family both_families[] = {Family::ipv4, Family::ipv6};

std::string_view name_of(Family family) { return family == Family::ipv4 ? "IPv4" : "IPv6"; }

/// Stretches of addresses of one family that are taken.
class Taken {
public:
    void add(IpPrefix const& prefix) {
        auto const begin = to_number(prefix.network().address);
        auto const end = begin | host_bits(prefix.family(), prefix.length);
        auto& last = stretches_[begin];
        last = std::max(last, end);
    }
    /// The end of a stretch that has something of `begin` to `end`.
    [[nodiscard]] std::optional<AddressNumber> overlap(AddressNumber begin, AddressNumber end) const {
        auto at = stretches_.upper_bound(end);
        // A long stretch may begin before shorter ones: literal subnets are disjoint, so that two suffice.
        for (int i = 0; i < 2 && at != stretches_.begin(); ++i)
            if ((--at)->second >= begin) return at->second;
        return {};
    }

private:
    std::map<AddressNumber, AddressNumber> stretches_;
};

/// Hands out subnets of a pool in order; block 0 is kept for loopbacks where there are others.
class Pool {
public:
    Pool(IpPrefix const& prefix, std::uint8_t length)
        : prefix_(prefix),
          end_(to_number(prefix.address) | host_bits(prefix.family(), prefix.length)),
          next_(to_number(prefix.address) +
                (prefix.length < length ? host_bits(prefix.family(), length) + 1 : 0)) {}

    [[nodiscard]] std::optional<IpPrefix> take(std::uint8_t length, Taken const& taken) {
        auto const size = host_bits(prefix_.family(), length);
        for (;;) {
            auto const begin = (next_ + size) & ~size;
            if (spent_ || begin < next_ || begin > end_ || end_ - begin < size) return {};
            auto const other = taken.overlap(begin, begin + size);
            auto const last = other ? std::max(*other, begin + size) : begin + size;
            if (last >= end_) spent_ = true;
            next_ = last + 1;
            if (!other) return IpPrefix{from_number(begin, prefix_.family()), length};
        }
    }

private:
    IpPrefix prefix_;
    AddressNumber end_, next_;
    bool spent_ = false;
};

class Addresser {
public:
    Addresser(Lab& lab, Complaints& complaints) : lab_(lab), complaints_(complaints) {}

    void run() {
        for (auto const& node : lab_.nodes) check_node(node);
        for (auto& segment : lab_.segments) {
            adopt_literals(segment);
            written_.push_back(!segment.subnets.empty());
        }
        check_overlaps();
        if (complaints_.any_error()) return;
        for (auto const family : both_families) number_segments(family);
        check_duplicates();
    }

private:
    void check_node(LabNode const& node);
    void check_literal(IpPrefix const& prefix, Place const& place);
    void adopt_literals(Segment& segment);
    void check_overlaps();
    void number_segments(Family family);
    void number_segment(std::size_t index, Family family, Pool* pool, Taken const& taken);
    bool wants(std::size_t index, Family family) const;
    void number_members(Segment& segment, IpPrefix const& subnet);
    std::vector<LabEnd*> in_order(Segment const& segment);
    void check_duplicates();
    void check_duplicate(IpPrefix const& prefix, Place const& place, std::size_t segment);
    /// Of the first of its links that has a subnet written.
    Place subnet_place_of(Segment const& segment) const {
        for (auto const link : segment.links)
            if (!lab_.links[link].subnets.empty()) return lab_.links[link].subnet_place;
        return place_of(segment);
    }
    Place place_of(Segment const& segment) const { return lab_.links[segment.links[0]].place; }

    Lab& lab_;
    Complaints& complaints_;
    struct Owner {
        Place place;
        std::size_t segment;
    };
    std::map<IpAddress, Owner> owners_;
    std::vector<bool> written_;  ///< of each segment, whether the file tells its subnets
};

void Addresser::check_literal(IpPrefix const& prefix, Place const& place) {
    auto const& address = prefix.address;
    bool const host = prefix.length < address_bits(prefix.family()) - 1;
    if (address.is_multicast() || address.is_any())
        complaints_.error("E409", place,
                          fmt::format("{} cannot be an interface's address", address.to_string()));
    else if (host && prefix.family() == Family::ipv4 && address == prefix.last())
        complaints_.error(
            "E408", place,
            fmt::format("{} is the broadcast address of {}", address.to_string(),
                        prefix.network().to_string()),
            fmt::format("hosts have {} to {}",
                        from_number(to_number(prefix.network().address) + 1, Family::ipv4).to_string(),
                        from_number(to_number(prefix.last()) - 1, Family::ipv4).to_string()));
    else if (host && address == prefix.network().address)
        complaints_.warning(
            "W401", place,
            fmt::format("{} is the address of the network itself, used as a host's", prefix.to_string()),
            prefix.family() == Family::ipv4 ? "Linux allows it; other systems may not"
                                            : "it is the anycast address of all routers of the subnet");
}

void Addresser::check_node(LabNode const& node) {
    for (auto const& prefix : node.loopback)
        if (prefix.address.is_multicast() || prefix.address.is_any()) check_literal(prefix, node.place);
    for (auto const& interface : node.interfaces)
        for (auto const& prefix : interface.addresses) check_literal(prefix, interface.place);
}

/// Where ends have written addresses and the link no written subnet, the addresses tell the subnets.
void Addresser::adopt_literals(Segment& segment) {
    bool const written = !segment.subnets.empty();
    for (auto const& which : segment.members) {
        auto const& end = lab_.end(which);
        for (auto const& prefix : end.addresses) {
            check_literal(prefix, end.address_place);
            auto const network = prefix.network();
            auto const inside = [&](IpPrefix const& subnet) { return subnet.contains(prefix.address); };
            bool const known = std::any_of(segment.subnets.begin(), segment.subnets.end(), inside);
            if (written && !known)
                complaints_.warning(
                    "W402", end.address_place,
                    fmt::format("{} is in none of the subnets of this link", prefix.to_string()));
            if (!known) segment.subnets.push_back(network);
        }
    }
}

void Addresser::check_overlaps() {
    struct Stretch {
        IpPrefix prefix;
        Segment const* segment;
    };
    std::vector<Stretch> stretches;
    for (auto const& segment : lab_.segments)
        for (auto const& subnet : segment.subnets) stretches.push_back({subnet, &segment});
    std::stable_sort(stretches.begin(), stretches.end(),
                     [](Stretch const& a, Stretch const& b) { return a.prefix < b.prefix; });
    Stretch const* widest = nullptr;
    for (auto const& stretch : stretches) {
        bool const inside = widest && widest->prefix.contains(stretch.prefix.address);
        auto const family = stretch.prefix.family();
        bool const hidden = inside && has(widest->segment->private_families, family) &&
                            has(stretch.segment->private_families, family);
        if (inside && widest->segment != stretch.segment && !hidden && lab_.routing == RoutingMode::automatic)
            complaints_.error(
                "E402", subnet_place_of(*stretch.segment),
                fmt::format("{} of link '{}' overlaps {} of link '{}'", stretch.prefix.to_string(),
                            stretch.segment->name, widest->prefix.to_string(), widest->segment->name),
                "private links may share a subnet: private: v4");
        if (!inside) widest = &stretch;
    }
}

bool Addresser::wants(std::size_t index, Family family) const {
    auto const& segment = lab_.segments[index];
    if (segment.subnet(family)) return true;
    if (written_[index]) return false;
    return std::all_of(segment.links.begin(), segment.links.end(),
                       [&](std::size_t link) { return lab_.links[link].automatic_subnet; }) &&
           std::any_of(segment.members.begin(), segment.members.end(),
                       [&](auto which) { return !lab_.end(which).addressed; });
}

std::vector<LabEnd*> Addresser::in_order(Segment const& segment) {
    std::vector<LabEnd*> ends;
    for (bool const routers : {true, false})
        for (auto const& which : segment.members)
            if (auto& end = lab_.end(which); (lab_.nodes[end.node].role == NodeRole::router) == routers)
                ends.push_back(&end);
    return ends;
}

void Addresser::number_members(Segment& segment, IpPrefix const& subnet) {
    auto const family = subnet.family();
    std::set<AddressNumber> taken;
    for (auto const& which : segment.members)
        for (auto const& prefix : lab_.end(which).addresses)
            if (prefix.family() == family) taken.insert(to_number(prefix.address));
    bool const small = subnet.length + 1 >= address_bits(family);
    auto next = to_number(subnet.address) + (small ? 0 : 1);
    auto const last = to_number(subnet.last()) - (small || family == Family::ipv6 ? 0 : 1);
    for (auto* const end : in_order(segment)) {
        if (end->addressed) continue;
        while (next <= last && taken.contains(next)) ++next;
        if (next > last || next < to_number(subnet.address))
            return complaints_.error(
                "E405", end->place,
                fmt::format("{} has no address left for '{}'", subnet.to_string(),
                            lab_.nodes[end->node].name),
                fmt::format("the segment has {} members; write a shorter prefix", segment.members.size()));
        end->addresses.push_back({from_number(next++, family), subnet.length});
    }
}

void Addresser::number_segment(std::size_t index, Family family, Pool* pool, Taken const& taken) {
    if (!wants(index, family)) return;
    auto& segment = lab_.segments[index];
    if (!segment.subnet(family)) {
        if (!pool) return;
        std::uint8_t length = family == Family::ipv4 ? 24 : 64;
        while (family == Family::ipv4 && length > 0 && host_bits(family, length) < segment.members.size() + 1)
            --length;
        auto const subnet = pool->take(length, taken);
        if (!subnet)
            return complaints_.error(
                "E404", place_of(segment),
                fmt::format("the {} pool {} has no /{} left for link '{}'", name_of(family),
                            (family == Family::ipv4 ? lab_.pool_v4 : lab_.pool_v6)->to_string(), length,
                            segment.name),
                "write a larger pool under 'addressing'");
        segment.subnets.push_back(*subnet);
    }
    number_members(segment, *segment.subnet(family));
}

void Addresser::number_segments(Family family) {
    auto const& prefix = family == Family::ipv4 ? lab_.pool_v4 : lab_.pool_v6;
    Taken taken;
    auto const take = [&](std::vector<IpPrefix> const& prefixes) {
        for (auto const& one : prefixes)
            if (one.family() == family) taken.add(one);
    };
    for (auto const& segment : lab_.segments) take(segment.subnets);
    for (auto const& node : lab_.nodes) {
        take(node.loopback);
        for (auto const& interface : node.interfaces) take(interface.addresses);
    }
    std::optional<Pool> pool;
    if (prefix) pool.emplace(*prefix, family == Family::ipv4 ? std::uint8_t{24} : std::uint8_t{64});
    for (std::size_t i = 0; i < lab_.segments.size(); ++i)
        number_segment(i, family, pool ? &*pool : nullptr, taken);
}

void Addresser::check_duplicate(IpPrefix const& prefix, Place const& place, std::size_t segment) {
    auto const [at, fresh] = owners_.emplace(prefix.address, Owner{place, segment});
    if (fresh) return;
    auto const is_private = [&](std::size_t index) {
        return index != no_index && has(lab_.segments[index].private_families, prefix.family());
    };
    auto const& other = at->second;
    if (segment != other.segment && is_private(segment) && is_private(other.segment)) return;
    complaints_.error("E401", place, fmt::format("{} is here twice", prefix.address.to_string()),
                      fmt::format("the first is on line {}", other.place.line));
}

void Addresser::check_duplicates() {
    for (auto const& link : lab_.links)
        for (auto const& end : link.ends)
            for (auto const& prefix : end.addresses)
                check_duplicate(prefix, end.addressed ? end.address_place : end.place, end.segment);
    for (auto const& node : lab_.nodes) {
        for (auto const& prefix : node.loopback) check_duplicate(prefix, node.place, no_index);
        for (auto const& interface : node.interfaces)
            for (auto const& prefix : interface.addresses) check_duplicate(prefix, interface.place, no_index);
    }
}

}  // namespace

void assign_addresses(Lab& lab, Complaints& complaints) { Addresser(lab, complaints).run(); }

}  // namespace vethwork::topology
