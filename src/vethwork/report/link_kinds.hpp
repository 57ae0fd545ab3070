// The settings of each kind of link as `ip -d link` shows them. One overload a kind, in link_kind_<kind>.cpp;
// a new kind in topology/ makes the compiler ask for its own.
#pragma once

#include <variant>

#include <vethwork/report/kind_writer.hpp>
#include <vethwork/topology/link.hpp>

namespace vethwork::report {

/// The kind of a link and of its port, with their settings.
void write_link_kind(IpWriter& writer, topology::Link const& link, IpDetails const& details);

void write_kind(KindWriter const& out, topology::Bond const& bond);
void write_kind(KindWriter const& out, topology::Bridge const& bridge);
void write_kind(KindWriter const& out, topology::Geneve const& geneve);
void write_kind(KindWriter const& out, topology::Gre const& gre);
void write_kind(KindWriter const& out, topology::Ip6Gre const& gre);
void write_kind(KindWriter const& out, topology::Ip6Tunnel const& tunnel);
void write_kind(KindWriter const& out, topology::IpTunnel const& tunnel);
void write_kind(KindWriter const& out, topology::Ipvlan const& ipvlan);
void write_kind(KindWriter const& out, topology::Macvlan const& macvlan);
void write_kind(KindWriter const& out, topology::Tun const& tun);
void write_kind(KindWriter const& out, topology::Vlan const& vlan);
void write_kind(KindWriter const& out, topology::Vrf const& vrf);
void write_kind(KindWriter const& out, topology::Vti const& vti);
void write_kind(KindWriter const& out, topology::Vxlan const& vxlan);
void write_kind(KindWriter const& out, topology::Xfrm const& xfrm);

void write_port(KindWriter const& out, topology::BondPort const& port);
void write_port(KindWriter const& out, topology::BridgePort const& port);
void write_port(KindWriter const& out, topology::VrfPort const& port);

}  // namespace vethwork::report
