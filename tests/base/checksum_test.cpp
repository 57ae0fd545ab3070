#include <vethwork/base/checksum.hpp>

#include <gtest/gtest.h>

namespace vethwork {
namespace {

// The example of RFC 1071, section 3.
TEST(InternetChecksum, ExampleOfItsRfc) {
    std::uint8_t const octets[] = {0x00, 0x01, 0xf2, 0x03, 0xf4, 0xf5, 0xf6, 0xf7};
    InternetChecksum sum;
    sum.add(octets);
    EXPECT_EQ(sum.sum(), 0xddf2);
    EXPECT_EQ(sum.value(), 0x220d);
}

TEST(InternetChecksum, AnOddOctetIsTheHighHalfOfAWord) {
    std::uint8_t const octets[] = {0x12};
    InternetChecksum sum;
    sum.add(octets);
    sum.add32(0x00010002);
    sum.add16(4);
    EXPECT_EQ(sum.sum(), 0x1207);
}

}  // namespace
}  // namespace vethwork
