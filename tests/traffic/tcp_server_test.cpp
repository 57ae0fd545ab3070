#include <gmock/gmock.h>
#include <sys/socket.h>

#include <chrono>
#include <csignal>
#include <deque>

#include "traffic/server_process.hpp"

namespace vethwork::test {
namespace {

using testing::HasSubstr;

class TcpServerTest : public testing::Test {
protected:
    void SetUp() override { bring_up_loopback(); }
};

/// Bytes of every value, in an order that repeats late.
std::string noise(std::size_t size) {
    std::string bytes(size, '\0');
    std::uint32_t state = 12345;
    for (char& byte : bytes) {
        state = state * 1664525 + 1013904223;
        byte = static_cast<char>(state >> 24);
    }
    return bytes;
}

TEST_F(TcpServerTest, AnswersALineAtOnceAndKeepsTheClient) {
    ServerProcess server({"tcp", "127.0.0.1:0"});
    Client client(server.endpoint());
    for (std::string const line : {"hello\n", "again\n", "\n"}) {
        client.send(line);
        EXPECT_EQ(without_stamp(client.read(stamp_size + line.size())), line);
    }
    client.end();
    EXPECT_EQ(client.read_to_end(), "");
    EXPECT_THAT(server.log_until("\"\" (size_bytes=1)\n"), HasSubstr("received: \"hello\" (size_bytes=6)\n"));
}

TEST_F(TcpServerTest, AnswersWhatHasNoNewlineAtTheHalfClose) {
    ServerProcess server({"tcp", "127.0.0.1:0"});
    Client client(server.endpoint());
    client.send("hel");
    client.send("lo");
    client.end();
    EXPECT_EQ(without_stamp(client.read_to_end()), "hello");
}

TEST_F(TcpServerTest, AnswersWhatHasNoNewlineAfterAPause) {
    ServerProcess server({"tcp", "127.0.0.1:0"});
    Client client(server.endpoint());
    client.send("hello");
    EXPECT_EQ(without_stamp(client.read(stamp_size + 5)), "hello");
}

TEST_F(TcpServerTest, AMegabyteOfAnyBytesIsOnePayload) {
    std::string const payload = noise(1 << 20);
    ServerProcess server({"tcp", "127.0.0.1:0"});
    Client client(server.endpoint());
    client.send(payload);
    client.end();
    EXPECT_TRUE(without_stamp(client.read_to_end()) == payload);
    EXPECT_THAT(server.log_until("size_bytes=1048576"), HasSubstr("\"... (size_bytes=1048576)\n"));
}

TEST_F(TcpServerTest, ManyClientsAtOnceEachGetTheirOwn) {
    ServerProcess server({"tcp", "127.0.0.1:0", "--idle", "60"}, 4096);
    std::deque<Client> clients;
    for (int i = 0; i < 500; ++i) clients.emplace_back(server.endpoint());
    for (int round = 0; round < 3; ++round) {
        for (int i = 0; i < 500; ++i)
            clients[static_cast<std::size_t>(i)].send(std::to_string(1000 + i) + "\n");
        for (int i = 0; i < 500; ++i)
            ASSERT_EQ(without_stamp(clients[static_cast<std::size_t>(i)].read(stamp_size + 5)),
                      std::to_string(1000 + i) + "\n");
    }
}

TEST_F(TcpServerTest, AClientThatReadsLateGetsEverything) {
    std::string const payload = noise(24 << 20);  // more than the socket buffers of both sides hold
    ServerProcess server({"tcp", "127.0.0.1:0"});
    Client slow(server.endpoint());
    slow.send(payload);
    slow.end();
    Client other(server.endpoint());  // the slow one holds nobody up
    other.send("hello\n");
    EXPECT_EQ(without_stamp(other.read(stamp_size + 6)), "hello\n");
    EXPECT_TRUE(without_stamp(slow.read_to_end()) == payload);
}

TEST_F(TcpServerTest, EchoSendsBackTheBytesAsTheyAre) {
    ServerProcess server({"tcp", "127.0.0.1:0", "--echo"});
    Client client(server.endpoint());
    client.send("no newline");
    EXPECT_EQ(client.read(10), "no newline");
    std::string const chunk = noise(200'000);
    for (int i = 0; i < 20; ++i) {
        client.send(chunk);
        ASSERT_TRUE(client.read(chunk.size()) == chunk);
    }
    client.end();
    EXPECT_EQ(client.read_to_end(), "");
}

TEST_F(TcpServerTest, AnIdleClientIsClosedAndTheLogSaysWhich) {
    ServerProcess server({"tcp", "127.0.0.1:0", "--idle", "0.2"});
    Client client(server.endpoint());
    EXPECT_EQ(client.read_to_end(), "");
    EXPECT_THAT(server.log_until("idle"), HasSubstr(": idle for 0.2 s\n"));
}

TEST_F(TcpServerTest, ABusyClientIsNotIdle) {
    ServerProcess server({"tcp", "127.0.0.1:0", "--idle", "1"});
    Client idle(server.endpoint()), busy(server.endpoint());
    auto const begin = std::chrono::steady_clock::now();
    while (std::chrono::steady_clock::now() - begin < std::chrono::milliseconds(2500)) {
        busy.send("x\n");
        ASSERT_EQ(busy.read(stamp_size + 2).size(), stamp_size + 2);
    }
    EXPECT_EQ(idle.read_to_end(), "");
}

TEST_F(TcpServerTest, AClientThatTakesItsAnswerSlowlyIsNotIdle) {
    std::string const payload = noise(8 << 20);
    ServerProcess server({"tcp", "127.0.0.1:0", "--idle", "1"});
    Client client(server.endpoint());
    int const small = 4096;  // makes the kernel pass on a little every 40 ms, and wake the server seldom
    ::setsockopt(client.socket().get(), SOL_SOCKET, SO_RCVBUF, &small, sizeof small);
    client.send(payload);
    client.end();
    auto const begin = std::chrono::steady_clock::now();
    std::string got;
    while (std::chrono::steady_clock::now() - begin < std::chrono::milliseconds(3000)) {
        std::string const more = client.read(2000);
        ASSERT_EQ(more.size(), 2000u) << "closed after " << got.size();
        got += more;
    }
    EXPECT_TRUE(payload.starts_with(without_stamp(got)));
}

TEST_F(TcpServerTest, AClientThatNeverReadsIsClosedToo) {
    std::string const payload = noise(8 << 20);
    ServerProcess server({"tcp", "127.0.0.1:0", "--idle", "1"});
    Client client(server.endpoint());
    client.send(payload);
    client.end();
    EXPECT_THAT(server.log_until("idle"), HasSubstr("idle for 1 s"));
}

TEST_F(TcpServerTest, SignalsEndItCleanlyAndCloseTheClients) {
    for (int const signal : {SIGTERM, SIGINT}) {
        ServerProcess server({"tcp", "127.0.0.1:0"});
        Client client(server.endpoint());
        client.send("hello\n");
        client.read(stamp_size + 6);
        EXPECT_EQ(server.stop(signal), 0);
        EXPECT_EQ(client.read_to_end(), "");
    }
}

TEST_F(TcpServerTest, WithoutFreeDescriptorsNewClientsWaitAndNothingSpins) {
    ServerProcess server({"tcp", "127.0.0.1:0", "--idle", "0"}, 16);
    std::deque<Client> clients;
    for (int i = 0; i < 20; ++i) clients.emplace_back(server.endpoint());
    EXPECT_THAT(server.log_until("accept"), HasSubstr("accept: Too many open files; new clients wait"));
    long const before = server.ticks();
    Client late(server.endpoint());
    late.send("late\n");
    timeval const second{.tv_sec = 1};
    ::setsockopt(late.socket().get(), SOL_SOCKET, SO_RCVTIMEO, &second, sizeof second);
    EXPECT_EQ(late.read(1), "");  // one second in which the server has nothing it could do
    EXPECT_LT(server.ticks() - before, 20);
    clients.clear();
    timeval const longer{.tv_sec = 10};
    ::setsockopt(late.socket().get(), SOL_SOCKET, SO_RCVTIMEO, &longer, sizeof longer);
    EXPECT_EQ(without_stamp(late.read(stamp_size + 5)), "late\n");
}

TEST_F(TcpServerTest, ServesBothFamiliesAtTheIPv6Wildcard) {
    ServerProcess server({"tcp", "[::]:0"});
    for (std::string const host : {"127.0.0.1", "[::1]"}) {
        Client client(Endpoint::parse(host + ":" + std::to_string(server.endpoint().port)).value());
        client.send("hello\n");
        EXPECT_EQ(without_stamp(client.read(stamp_size + 6)), "hello\n");
    }
}

TEST_F(TcpServerTest, AResetLeavesTheOthersAlone) {
    ServerProcess server({"tcp", "127.0.0.1:0"});
    Client other(server.endpoint());
    for (int i = 0; i < 50; ++i) {
        Client client(server.endpoint());
        linger const reset{.l_onoff = 1, .l_linger = 0};
        ::setsockopt(client.socket().get(), SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
        client.send("x");
    }
    other.send("hello\n");
    EXPECT_EQ(without_stamp(other.read(stamp_size + 6)), "hello\n");
    EXPECT_EQ(server.stop(SIGTERM), 0);
}

}  // namespace
}  // namespace vethwork::test
