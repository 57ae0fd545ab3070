#include <gtest/gtest.h>

#include <sys/socket.h>
#include <unistd.h>

#include <cstdlib>

#include <vethwork/traffic/server_log.hpp>
#include <vethwork/traffic/tcp_server.hpp>

namespace vethwork {
namespace {

constexpr std::time_t second = 1591787171;  // 2020-06-10 11:06:11 UTC

/// A log into a socket that keeps the bounds of each write.
class ServerLogTest : public testing::Test {
protected:
    void SetUp() override {
        ::setenv("TZ", "UTC", 1);
        ::tzset();
        int ends[2];
        ASSERT_EQ(::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK, 0, ends), 0);
        ours_ = Fd(ends[0]);
        theirs_ = Fd(ends[1]);
    }
    [[nodiscard]] std::string one_write() const {
        char text[16384];
        ssize_t const size = ::read(ours_.get(), text, sizeof text);
        return size < 0 ? "nothing" : std::string(text, static_cast<std::size_t>(size));
    }
    [[nodiscard]] ServerLog log(Loudness loudness = Loudness::normal) const {
        return {theirs_.get(), loudness};
    }

    Fd ours_, theirs_;
};

TEST_F(ServerLogTest, WritesManyLinesAtOnce) {
    ServerLog log = this->log();
    log.line(second, "listening at 0.0.0.0:4078 (tcp)...");
    log.payload(second + 1, "received", "hello\n");
    EXPECT_EQ(one_write(), "nothing");
    log.flush();
    EXPECT_EQ(one_write(),
              "2020/06/10 11:06:11 listening at 0.0.0.0:4078 (tcp)...\n"
              "2020/06/10 11:06:12 received: \"hello\" (size_bytes=6)\n");
    log.flush();
    EXPECT_EQ(one_write(), "nothing");
}

TEST_F(ServerLogTest, APayloadIsTrimmedQuotedAndCountedWhole) {
    ServerLog log = this->log();
    log.payload(second, "received", " \r\n a\tb \n", "src_addr=10.0.1.0:39134");
    log.flush();
    EXPECT_EQ(one_write(),
              "2020/06/10 11:06:11 received: \"a\\tb\" (size_bytes=9,src_addr=10.0.1.0:39134)\n");
}

TEST_F(ServerLogTest, ALongPayloadIsCutInTheLogOnly) {
    ServerLog log = this->log();
    log.payload(second, "received", std::string(5000, 'x'));
    log.flush();
    EXPECT_EQ(one_write(),
              "2020/06/10 11:06:11 received: \"" + std::string(4096, 'x') + "\"... (size_bytes=5000)\n");
}

TEST_F(ServerLogTest, SilentMeansSilent) {
    ServerLog log = this->log(Loudness::silent);
    log.line(second, "listening");
    log.payload(second, "received", "x");
    log.flush();
    EXPECT_EQ(one_write(), "nothing");
}

TEST_F(ServerLogTest, StampsChangeWithTheSecond) {
    Stamps stamps;
    EXPECT_EQ(stamps.for_answer(second), "[2020-06-10 11:06:11] ");
    EXPECT_EQ(stamps.for_log(second), "2020/06/10 11:06:11 ");
    EXPECT_EQ(stamps.for_answer(second + 49), "[2020-06-10 11:07:00] ");
}

TEST(PayloadTest, OneLineHasOneNewlineAtItsEnd) {
    EXPECT_TRUE(is_one_line("hello\n"));
    EXPECT_TRUE(is_one_line("\n"));
    EXPECT_FALSE(is_one_line(""));
    EXPECT_FALSE(is_one_line("hello"));
    EXPECT_FALSE(is_one_line("a\nb\n"));
    EXPECT_FALSE(is_one_line("a\nb"));
    EXPECT_TRUE(is_one_line(std::string(4095, 'x') + "\n"));
    EXPECT_FALSE(is_one_line(std::string(4096, 'x') + "\n"));
}

}  // namespace
}  // namespace vethwork
