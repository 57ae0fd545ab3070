#include <vethwork/traffic/flood.hpp>

#include <gmock/gmock.h>

#include <cerrno>

#include "support/command.hpp"
#include "traffic/server_process.hpp"

namespace vethwork::test {
namespace {

using std::chrono::milliseconds;

FloodPair pair_on(std::string const& text) {
    auto const address = IpAddress::parse(text).value();
    FloodPair pair{.sender = {}, .receiver = flood_receiver(address).value()};
    pair.sender = flood_sender(address, pair.receiver).value();
    return pair;
}

TEST(Flood, ArrivesAsFastAsItIsSent) {
    bring_up_loopback();
    for (std::string const address : {"127.0.0.1", "::1"}) {
        auto const pair = pair_on(address);
        auto const report = flood(pair, 8e6, milliseconds(500), milliseconds(2000)).value();
        EXPECT_GE(report.sent, report.arrived);
        EXPECT_GT(report.arrived, 0u);
        EXPECT_LE(report.bits_per_second, 8.4e6) << "sends more than it was told to";
        EXPECT_GT(report.bits_per_second, 1e6) << "of " << report.sent;
    }
}

TEST(Flood, CountsNothingButItsOwn) {
    bring_up_loopback();
    auto const pair = pair_on("127.0.0.1");
    auto const other = flood_sender(IpAddress::parse("127.0.0.1").value(), pair.receiver).value();
    for (int i = 0; i < 20; ++i) {
        std::string const payload(1200, 'x');
        (void)!::send(other.get(), payload.data(), payload.size(), 0);
    }
    auto const report = flood(pair, 1e5, milliseconds(100), milliseconds(2000)).value();
    EXPECT_LE(report.arrived, report.sent);
    EXPECT_LE(report.sent, 60u);
}

TEST(Flood, SaysWhereNothingArrives) {
    bring_up_loopback();
    auto const pair = pair_on("127.0.0.1");
    auto elsewhere = pair_on("127.0.0.1");
    FloodPair const apart{.sender = std::move(elsewhere.sender),
                          .receiver = flood_receiver(IpAddress::parse("127.0.0.1").value()).value()};
    auto const silent = flood(apart, 1e6, milliseconds(100), milliseconds(50));
    ASSERT_FALSE(silent.ok());
    EXPECT_EQ(silent.error().code, ETIMEDOUT);
    elsewhere.receiver = {};
    auto const refused = flood(apart, 1e6, milliseconds(100), milliseconds(50));
    ASSERT_FALSE(refused.ok());
    EXPECT_EQ(refused.error().code, ECONNREFUSED);
}

}  // namespace
}  // namespace vethwork::test
