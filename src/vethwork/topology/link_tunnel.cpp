#include <vethwork/topology/link_tunnel.hpp>

namespace vethwork::topology {

namespace {

/// Fills member after member.
template <class Owner, class... Members>
void fill_members(Owner& changes, Owner const& present, Members... members) {
    (fill(changes.*members, present.*members), ...);
}

void fill_outer(Ip6Outer& changes, Ip6Outer const& present) {
    using T = Ip6Outer;
    fill_members(changes, present, &T::remote, &T::local, &T::underlay, &T::hop_limit,
                 &T::encapsulation_limit, &T::traffic_class, &T::flow_label, &T::firewall_mark, &T::external,
                 &T::encapsulation);
    changes.flags = (changes.flags & changes.flags_mask) | (present.flags & ~changes.flags_mask);
    changes.flags_mask = ~0u;
}

}  // namespace

void fill(TunnelEncapsulation& changes, TunnelEncapsulation const& present) {
    using T = TunnelEncapsulation;
    fill_members(changes, present, &T::type, &T::source_port, &T::destination_port, &T::checksum,
                 &T::checksum6, &T::remote_checksum);
}

void fill(GreOptions& changes, GreOptions const& present) {
    using T = GreOptions;
    fill_members(changes, present, &T::key, &T::with_key, &T::with_sequence, &T::with_checksum);
}

void fill(Gre& changes, Gre const& present) {
    using T = Gre;
    fill_members(changes, present, &T::remote, &T::local, &T::underlay, &T::ttl, &T::tos,
                 &T::path_mtu_discovery, &T::ignore_dont_fragment, &T::input, &T::output, &T::firewall_mark,
                 &T::external, &T::encapsulation);
}

void fill(Ip6Gre& changes, Ip6Gre const& present) {
    fill_outer(changes, present);
    fill_members(changes, present, &Ip6Gre::input, &Ip6Gre::output);
}

void fill(Ip6Tunnel& changes, Ip6Tunnel const& present) {
    fill_outer(changes, present);
    fill(changes.protocol, present.protocol);
}

void fill(IpTunnel& changes, IpTunnel const& present) {
    using T = IpTunnel;
    fill_members(changes, present, &T::remote, &T::local, &T::underlay, &T::ttl, &T::tos,
                 &T::path_mtu_discovery, &T::protocol, &T::isatap, &T::rapid_prefix, &T::rapid_relay_prefix,
                 &T::firewall_mark, &T::external, &T::encapsulation);
}

void fill(Vti& changes, Vti const& present) {
    using T = Vti;
    fill_members(changes, present, &T::remote, &T::local, &T::underlay, &T::input_key, &T::output_key,
                 &T::firewall_mark);
}

}  // namespace vethwork::topology
