#include <vethwork/observe/sockets.hpp>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/command.hpp"

namespace vethwork::observe {
namespace {

/// A socket of IPv4 at an address and port.
Fd bound(int type, char const* address, std::uint16_t port) {
    Fd fd(::socket(AF_INET, type | SOCK_CLOEXEC, 0));
    sockaddr_in name{.sin_family = AF_INET, .sin_port = htons(port)};
    ::inet_pton(AF_INET, address, &name.sin_addr);
    EXPECT_EQ(::bind(fd.get(), reinterpret_cast<sockaddr*>(&name), sizeof name), 0);
    return fd;
}

/// ADDRESS:PORT RECEIVED:SENT of what waits, as ss(8) has its columns.
std::vector<std::string> ours(SocketProtocol protocol) {
    auto tables = open_socket_tables().value();
    std::vector<std::string> lines;
    for (auto const& one : sockets(tables, {.protocol = protocol, .family = Family::ipv4}).value())
        lines.push_back(one.local.to_string() + ":" + std::to_string(one.port) + " " +
                        std::to_string(one.receive_queue) + ":" + std::to_string(one.send_queue));
    return lines;
}

std::vector<std::string> witness(std::string const& flags) {
    std::vector<std::string> lines;
    std::string line;
    for (char const c : test::shell("ss -4Hn" + flags + " | awk '{ print $4 \" \" $2 \":\" $3 }'").out) {
        if (c == '\n')
            lines.push_back(std::exchange(line, {}));
        else
            line += c;
    }
    return lines;
}

TEST(Sockets, AreThoseOfTheWitness) {
    if (!test::has_program("ss")) GTEST_SKIP() << "no ss here";
    ASSERT_EQ(test::shell("ip link set lo up").status, 0);
    auto const one = bound(SOCK_STREAM, "127.0.0.1", 8001), two = bound(SOCK_STREAM, "0.0.0.0", 8002);
    ASSERT_EQ(::listen(one.get(), 5), 0);
    ASSERT_EQ(::listen(two.get(), 9), 0);
    auto const udp = bound(SOCK_DGRAM, "127.0.0.2", 5353);
    auto const tcp_lines = ours(SocketProtocol::tcp);
    EXPECT_THAT(tcp_lines, testing::UnorderedElementsAreArray(witness("tl")));
    EXPECT_THAT(tcp_lines, testing::UnorderedElementsAre("127.0.0.1:8001 0:5", "0.0.0.0:8002 0:9"));
    EXPECT_THAT(ours(SocketProtocol::udp), testing::UnorderedElementsAreArray(witness("ua")));
}

TEST(Sockets, TellOneConnectionAndTheQueueOfItsListener) {
    ASSERT_EQ(test::shell("ip link set lo up").status, 0);
    auto const server = bound(SOCK_STREAM, "127.0.0.1", 8001);
    ASSERT_EQ(::listen(server.get(), 0), 0);
    auto const client = bound(SOCK_STREAM, "127.0.0.3", 7000);
    sockaddr_in to{.sin_family = AF_INET, .sin_port = htons(8001)};
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    ASSERT_EQ(::connect(client.get(), reinterpret_cast<sockaddr*>(&to), sizeof to), 0);
    auto tables = open_socket_tables().value();
    auto const listening = sockets(tables, {.port = 8001}).value();
    ASSERT_EQ(listening.size(), 1u);
    EXPECT_EQ(listening[0].receive_queue, 1u);
    EXPECT_TRUE(listening[0].is_backlog_full());
    SocketQuery query{.states = all_socket_states(),
                      .local = IpAddress::parse("127.0.0.3"),
                      .peer = IpAddress::parse("::ffff:127.0.0.1")};
    auto const pair = sockets(tables, query).value();
    ASSERT_EQ(pair.size(), 1u);
    EXPECT_EQ(pair[0].state, SocketState::established);
    EXPECT_EQ(pair[0].port, 7000);
    EXPECT_EQ(pair[0].peer_port, 8001);
    query.local = IpAddress::parse("127.0.0.4");
    EXPECT_TRUE(sockets(tables, query).value().empty());
}

}  // namespace
}  // namespace vethwork::observe
