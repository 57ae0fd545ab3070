// Hostile answers of a kernel: every reader of messages takes any bytes.
#include <linux/rtnetlink.h>

#include <vethwork/netlink/connection.hpp>
#include <vethwork/netlink/interface_address.hpp>
#include <vethwork/netlink/link.hpp>
#include <vethwork/netlink/namespace_id.hpp>
#include <vethwork/netlink/neighbour.hpp>
#include <vethwork/netlink/nexthop.hpp>
#include <vethwork/netlink/qdisc.hpp>
#include <vethwork/netlink/route.hpp>
#include <vethwork/netlink/rule.hpp>
#include <vethwork/netlink/trace.hpp>
#include <vethwork/observe/bridge.hpp>
#include <vethwork/observe/sockets.hpp>
#include <vethwork/observe/traffic_filters.hpp>

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size);

namespace {

using namespace vethwork::netlink;

MessageWriter request() {
    MessageWriter writer(RTM_NEWLINK, 0, "add link \"v0\"");
    writer.fixed(ifinfomsg{});
    writer.text(IFLA_IFNAME, "IFLA_IFNAME", "v0");
    return writer;
}

void read_in_every_way(Message const& message) {
    static MessageWriter const asked = request();
    (void)read_link(message).ok();
    (void)read_address(message).ok();
    (void)read_neighbour(message).ok();
    (void)read_route(message).ok();
    (void)read_rule(message).ok();
    (void)read_nexthop(message).ok();
    (void)read_nexthop_bucket(message).ok();
    (void)read_namespace_id(message).ok();
    (void)vethwork::observe::read_forwarding_entry(message).ok();
    (void)read_qdisc(message).ok();
    (void)vethwork::observe::read_traffic_filter(message).ok();
    (void)vethwork::observe::read_bridge_member(message).ok();
    (void)vethwork::observe::read_socket(message, vethwork::observe::SocketProtocol::tcp).ok();
    (void)error_of(message, asked);
    (void)describe_message(Direction::received, message);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    MessageReader reader({data, size});
    while (auto const message = reader.next()) read_in_every_way(*message);
    // The same bytes as the payload of one message, so that a length need not be guessed first.
    Message whole{{.nlmsg_len = static_cast<std::uint32_t>(size), .nlmsg_type = RTM_NEWLINK}, {data, size}};
    read_in_every_way(whole);
    whole.header.nlmsg_type = NLMSG_ERROR;
    whole.header.nlmsg_flags = NLM_F_ACK_TLVS;
    read_in_every_way(whole);
    return 0;
}
