// A drop as a line and as JSON, whole.
#include <vethwork/report/drop_line.hpp>

#include <gtest/gtest.h>

namespace vethwork::report {
namespace {

/// 10.0.0.1.1 > 10.0.0.2.9: UDP with 100 octets, of which the kernel told none
observe::Drop drop() {
    observe::Drop one;
    one.device = "eth0";
    one.reason = 77;
    one.reason_name = "NO_SOCKET";
    one.protocol = 0x0800;
    one.bytes = {0x45, 0, 0,  128, 0, 1, 0, 0, 64, 17, 0, 0,   10, 0,
                 0,    1, 10, 0,   0, 2, 0, 1, 0,  9,  0, 108, 0,  0};
    return one;
}

DropPlace const place{"12:00:01.000001", "r", "udp_rcv"};

TEST(DropLine, HasTimeNodeDeviceReasonFunctionAndPacket) {
    EXPECT_EQ(
        DropLines().line(place, drop()),
        "12:00:01.000001  r             eth0      NO_SOCKET in udp_rcv  IP 10.0.0.1.1 > 10.0.0.2.9: UDP, "
        "length 100\n");
}

TEST(DropLine, LeavesOutWhatIsNotKnown) {
    auto bare = drop();
    bare.device.clear();
    bare.reason_name.clear();
    bare.bytes.clear();
    auto const line = DropLines().line({"12:00:01.000001", "r", ""}, bare);
    EXPECT_EQ(line, "12:00:01.000001  r             -         reason 77\n");
    bare.reason.reset();
    EXPECT_EQ(drop_reason(bare), "dropped");
}

TEST(DropLine, IsAJsonObject) {
    EXPECT_EQ(
        DropLines().json(place, drop()),
        R"({"time":"12:00:01.000001","node":"r","device":"eth0","reason":"NO_SOCKET","function":"udp_rcv",)"
        R"("packet":"IP 10.0.0.1.1 > 10.0.0.2.9: UDP, length 100"})"
        "\n");
}

TEST(DropLine, TakesAnyBytes) {
    auto odd = drop();
    for (std::size_t size = 0; size <= drop().bytes.size(); ++size) {
        odd.bytes.resize(size);
        EXPECT_FALSE(DropLines().line(place, odd).empty());
        odd = drop();
    }
    odd.protocol = 0x0806;
    EXPECT_NE(DropLines().line(place, odd).find("ARP"), std::string::npos);
}

}  // namespace
}  // namespace vethwork::report
