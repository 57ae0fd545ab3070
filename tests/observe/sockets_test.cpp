#include <vethwork/observe/sockets.hpp>

#include <arpa/inet.h>
#include <linux/inet_diag.h>
#include <linux/sock_diag.h>

#include <gtest/gtest.h>

namespace vethwork::observe {
namespace {

IpAddress ip(char const* text) { return *IpAddress::parse(text); }

TEST(Sockets, AreReadFromBytes) {
    inet_diag_msg told{};
    told.idiag_family = 10;
    told.idiag_state = 10;
    told.id.idiag_sport = htons(80);
    told.id.idiag_if = 3;
    told.idiag_rqueue = 2;
    told.idiag_wqueue = 1;
    told.idiag_uid = 1000;
    told.idiag_inode = 4242;
    netlink::MessageWriter writer(SOCK_DIAG_BY_FAMILY, 0, "test");
    writer.fixed(told);
    writer.value(INET_DIAG_SKV6ONLY, "INET_DIAG_SKV6ONLY", std::uint8_t{1});
    auto const message = *netlink::MessageReader(writer.bytes()).next();
    auto const socket = read_socket(message, SocketProtocol::tcp).value();
    EXPECT_EQ(socket, (Socket{.family = Family::ipv6,
                              .state = SocketState::listening,
                              .local = IpAddress::any(Family::ipv6),
                              .port = 80,
                              .peer = IpAddress::any(Family::ipv6),
                              .device = 3,
                              .v6_only = true,
                              .uid = 1000,
                              .inode = 4242,
                              .receive_queue = 2,
                              .send_queue = 1}));
    EXPECT_TRUE(socket.is_backlog_full());
    netlink::Message const cut{message.header, message.payload.first(sizeof told - 1)};
    EXPECT_FALSE(read_socket(cut, SocketProtocol::tcp));
}

TEST(Sockets, TakePacketsOfTheirAddressesOnly) {
    Socket socket{.local = ip("0.0.0.0")};
    EXPECT_TRUE(socket.takes(ip("10.0.0.1")));
    EXPECT_FALSE(socket.takes(ip("fd00::1")));
    socket.local = ip("127.0.0.1");
    EXPECT_FALSE(socket.takes(ip("10.0.0.1")));
    Socket both{.family = Family::ipv6, .local = ip("::"), .v6_only = false};
    EXPECT_TRUE(both.takes(ip("10.0.0.1")));
    EXPECT_TRUE(both.takes(ip("fd00::1")));
    both.v6_only = true;
    EXPECT_FALSE(both.takes(ip("10.0.0.1")));
    both.local = ip("::ffff:10.0.0.1");
    EXPECT_TRUE(both.takes(ip("10.0.0.1")));
    EXPECT_EQ(unmapped(ip("fd00::1")), ip("fd00::1"));
}

}  // namespace
}  // namespace vethwork::observe
