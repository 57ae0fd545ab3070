#include <gmock/gmock.h>
#include <sys/socket.h>

#include <csignal>

#include "support/command.hpp"
#include "traffic/server_process.hpp"

namespace vethwork::test {
namespace {

using testing::HasSubstr;

class UdpServerTest : public testing::Test {
protected:
    void SetUp() override { bring_up_loopback(); }

    /// A connected socket drops what comes from another address than it sent to.
    static Fd socket_to(Endpoint const& peer) {
        auto const address = SocketAddress::of(peer).value();
        Fd socket(::socket(address.family(), SOCK_DGRAM | SOCK_CLOEXEC, 0));
        timeval const patience{.tv_sec = 10};
        ::setsockopt(socket.get(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
        EXPECT_EQ(::connect(socket.get(), address.get(), address.size), 0);
        return socket;
    }
    static std::string ask(Fd const& socket, std::string_view payload) {
        EXPECT_EQ(::send(socket.get(), payload.data(), payload.size(), 0),
                  static_cast<ssize_t>(payload.size()));
        std::string answer(70'000, '\0');
        ssize_t const size = ::recv(socket.get(), answer.data(), answer.size(), 0);
        answer.resize(size < 0 ? 0 : static_cast<std::size_t>(size));
        return answer;
    }
    static std::string port_of(Fd const& socket) {
        SocketAddress address;
        ::getsockname(socket.get(), address.get(), &address.size);
        return std::to_string(address.endpoint().port);
    }
};

TEST_F(UdpServerTest, LogsBothDirections) {
    ServerProcess server({"udp", "127.0.0.1:0"});
    Fd const client = socket_to(server.endpoint());
    std::string const answer = ask(client, "hello\n");
    EXPECT_EQ(without_stamp(answer), "hello\n");
    std::string const log = server.log_until("replied: ");
    EXPECT_THAT(log,
                HasSubstr("received: \"hello\" (size_bytes=6,src_addr=127.0.0.1:" + port_of(client) + ")\n"));
    EXPECT_THAT(log, HasSubstr("replied: \"" + answer.substr(0, stamp_size) +
                               "hello\" (size_bytes=28,dst_addr=127.0.0.1:" + port_of(client) + ")\n"));
}

TEST_F(UdpServerTest, AnswersFromTheAddressThatWasAsked) {
    ServerProcess server({"udp", ":0"});
    Endpoint second = server.endpoint();
    second.host.address = *IpAddress::parse("127.0.0.77");
    EXPECT_EQ(without_stamp(ask(socket_to(second), "x")), "x");
}

TEST_F(UdpServerTest, EmptyAndLargeDatagramsAreAnswered) {
    ServerProcess server({"udp", "[::]:0"});
    Fd const client = socket_to(Endpoint::parse("[::1]:" + std::to_string(server.endpoint().port)).value());
    EXPECT_EQ(without_stamp(ask(client, "")), "");
    std::string const large(60'000, 'x');
    EXPECT_TRUE(without_stamp(ask(client, large)) == large);
}

TEST_F(UdpServerTest, TheIPv6WildcardServesIPv4AndShowsItSo) {
    ServerProcess server({"udp", "[::]:0"});
    Fd const client =
        socket_to(Endpoint::parse("127.0.0.5:" + std::to_string(server.endpoint().port)).value());
    EXPECT_EQ(without_stamp(ask(client, "x")), "x");
    EXPECT_THAT(server.log_until("replied"), HasSubstr("src_addr=127.0.0.1:" + port_of(client)));
}

TEST_F(UdpServerTest, AnAnswerThatDoesNotFitIsLogged) {
    ServerProcess server({"udp", "127.0.0.1:0"});
    Fd const client = socket_to(server.endpoint());
    std::string const largest(65'507, 'x');
    ASSERT_EQ(::send(client.get(), largest.data(), largest.size(), 0), 65'507);
    EXPECT_THAT(server.log_until("answer 127"), HasSubstr(": Message too long"));
}

TEST_F(UdpServerTest, EchoHasNoStamp) {
    ServerProcess server({"udp", "127.0.0.1:0", "--echo"});
    EXPECT_EQ(ask(socket_to(server.endpoint()), "hello\n"), "hello\n");
}

TEST_F(UdpServerTest, GoesOnAfterAClientThatIsGone) {
    ServerProcess server({"udp", "127.0.0.1:0"});
    for (int i = 0; i < 20; ++i) {
        Fd const gone = socket_to(server.endpoint());
        ::send(gone.get(), "x", 1, 0);
    }
    EXPECT_EQ(without_stamp(ask(socket_to(server.endpoint()), "still\n")), "still\n");
    EXPECT_EQ(server.stop(SIGTERM), 0);
}

}  // namespace
}  // namespace vethwork::test
