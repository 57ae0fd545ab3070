#include <vethwork/report/hardware_type.hpp>

#include <linux/if_arp.h>

#include <algorithm>
#include <array>
#include <string_view>

#include <fmt/format.h>

#include <vethwork/base/ip.hpp>
#include <vethwork/topology/ethernet_protocol.hpp>

namespace vethwork::report {

namespace {

struct Name {
    std::uint16_t number;
    std::string_view name;
};

constexpr std::array names = {
    Name{ARPHRD_ETHER, "ether"},
    Name{ARPHRD_LOOPBACK, "loopback"},
    Name{ARPHRD_NONE, "none"},
    Name{ARPHRD_TUNNEL, "ipip"},
    Name{ARPHRD_TUNNEL6, "tunnel6"},
    Name{ARPHRD_SIT, "sit"},
    Name{ARPHRD_IPGRE, "gre"},
    Name{ARPHRD_IP6GRE, "gre6"},
    Name{ARPHRD_NETLINK, "netlink"},
    Name{ARPHRD_PPP, "ppp"},
    Name{ARPHRD_VOID, "void"},
    Name{ARPHRD_NETROM, "netrom"},
    Name{ARPHRD_EETHER, "eether"},
    Name{ARPHRD_AX25, "ax25"},
    Name{ARPHRD_PRONET, "pronet"},
    Name{ARPHRD_CHAOS, "chaos"},
    Name{ARPHRD_IEEE802, "ieee802"},
    Name{ARPHRD_ARCNET, "arcnet"},
    Name{ARPHRD_APPLETLK, "atalk"},
    Name{ARPHRD_DLCI, "dlci"},
    Name{ARPHRD_ATM, "atm"},
    Name{ARPHRD_METRICOM, "metricom"},
    Name{ARPHRD_IEEE1394, "ieee1394"},
    Name{ARPHRD_INFINIBAND, "infiniband"},
    Name{ARPHRD_SLIP, "slip"},
    Name{ARPHRD_CSLIP, "cslip"},
    Name{ARPHRD_SLIP6, "slip6"},
    Name{ARPHRD_CSLIP6, "cslip6"},
    Name{ARPHRD_RSRVD, "rsrvd"},
    Name{ARPHRD_ADAPT, "adapt"},
    Name{ARPHRD_ROSE, "rose"},
    Name{ARPHRD_X25, "x25"},
    Name{ARPHRD_HWX25, "hwx25"},
    Name{ARPHRD_CAN, "can"},
    Name{ARPHRD_CISCO, "hdlc"},
    Name{ARPHRD_LAPB, "lapb"},
    Name{ARPHRD_DDCMP, "ddcmp"},
    Name{ARPHRD_RAWHDLC, "rawhdlc"},
    Name{ARPHRD_FRAD, "frad"},
    Name{ARPHRD_SKIP, "skip"},
    Name{ARPHRD_LOCALTLK, "ltalk"},
    Name{ARPHRD_FDDI, "fddi"},
    Name{ARPHRD_BIF, "bif"},
    Name{ARPHRD_IPDDP, "ip/ddp"},
    Name{ARPHRD_PIMREG, "pimreg"},
    Name{ARPHRD_HIPPI, "hippi"},
    Name{ARPHRD_ASH, "ash"},
    Name{ARPHRD_ECONET, "econet"},
    Name{ARPHRD_IRDA, "irda"},
    Name{ARPHRD_IEEE80211, "ieee802.11"},
    Name{ARPHRD_IEEE80211_PRISM, "ieee802.11/prism"},
    Name{ARPHRD_IEEE80211_RADIOTAP, "ieee802.11/radiotap"},
    Name{ARPHRD_IEEE802154, "ieee802.15.4"},
    Name{ARPHRD_IEEE802154_MONITOR, "ieee802.15.4/monitor"},
    Name{ARPHRD_PHONET, "phonet"},
    Name{ARPHRD_PHONET_PIPE, "phonet_pipe"},
    Name{ARPHRD_CAIF, "caif"},
    Name{ARPHRD_6LOWPAN, "6lowpan"},
};

bool holds_ip(std::uint16_t type, std::uint8_t size) {
    if (size == 4) return type == ARPHRD_TUNNEL || type == ARPHRD_SIT || type == ARPHRD_IPGRE;
    return size == 16 && (type == ARPHRD_TUNNEL6 || type == ARPHRD_IP6GRE);
}

}  // namespace

std::string hardware_type_name(std::uint16_t type) {
    auto const* const found = std::ranges::find(names, type, &Name::number);
    return found == names.end() ? fmt::format("[{}]", type) : std::string(found->name);
}

std::string hardware_address_text(LinkAddress const& address, std::uint16_t type) {
    if (holds_ip(type, address.size))
        if (auto const ip = IpAddress::from_bytes(address.bytes())) return ip->to_string();
    return address.to_string();
}

std::string ethernet_protocol_name(std::uint16_t protocol) {
    auto const name = topology::ethernet_protocol_word(protocol);
    return name.empty() ? fmt::format("[{}]", protocol) : std::string(name);
}

}  // namespace vethwork::report
