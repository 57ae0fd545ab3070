#include <vethwork/base/bytes.hpp>

#include <gtest/gtest.h>

namespace vethwork {
namespace {

TEST(Bytes, WhatIsWrittenReadsBack) {
    ByteWriter writer;
    writer.u8(1);
    writer.u16(0x0203);
    writer.u32(0x04050607);
    writer.u64(0x08090a0b0c0d0e0f);
    ASSERT_EQ(writer.bytes().size(), 15u);
    EXPECT_EQ(writer.bytes()[2], 3);
    ByteReader reader(writer.bytes());
    EXPECT_EQ(reader.u8(), 1);
    EXPECT_EQ(reader.u16(), 0x0203);
    EXPECT_EQ(reader.u32(), 0x04050607u);
    EXPECT_EQ(reader.u64(), 0x08090a0b0c0d0e0fu);
    EXPECT_FALSE(reader.failed());
}

TEST(Bytes, TheFirstErrorSticks) {
    ByteReader reader(as_bytes("abc"));
    EXPECT_EQ(reader.u32(), 0u);
    EXPECT_TRUE(reader.failed());
    EXPECT_EQ(reader.u8(), 0);
    EXPECT_EQ(reader.left(), 0u);
}

}  // namespace
}  // namespace vethwork
