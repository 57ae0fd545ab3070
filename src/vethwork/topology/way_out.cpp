#include <vethwork/topology/way_out.hpp>

namespace vethwork::topology {

namespace {

constexpr std::uint32_t network = 0x647fff00;  // 100.127.255.0
constexpr std::uint32_t own = 100, gateway = 2;
constexpr std::uint8_t length = 24;

}  // namespace

IpPrefix way_out_address() { return {IpAddress::ipv4(network + own), length}; }
IpAddress way_out_gateway() { return IpAddress::ipv4(network + gateway); }

bool has_way_out(Lab const& lab) {
    return lab.internet && lab.internet->via != no_index && lab.internet->mode != InternetMode::nat &&
           lab.nodes[lab.internet->via].netns == NetnsKind::own;
}

}  // namespace vethwork::topology
