// Files, read and written whole or in part.
#include <unistd.h>

#include <cstdlib>

#include <gtest/gtest.h>

#include <vethwork/base/fd.hpp>

namespace vethwork {
namespace {

class FileTest : public testing::Test {
protected:
    void SetUp() override { ::close(::mkstemp(path_.data())); }
    void TearDown() override { ::unlink(path_.c_str()); }

    std::string path_ = testing::TempDir() + "vethwork-fd-XXXXXX";
};

TEST_F(FileTest, IsReadWholeOrItsBeginning) {
    std::string const text = "one\ntwo\n";
    ASSERT_TRUE(write_file(path_, text).ok());
    EXPECT_EQ(read_file(path_).value(), text);
    EXPECT_EQ(read_beginning(path_, 5).value(), "one\nt");
    EXPECT_EQ(read_beginning(path_, text.size()).value(), text);
    EXPECT_EQ(read_beginning(path_, 4096).value(), text);
    EXPECT_EQ(read_beginning(path_, 0).value(), "");
    EXPECT_FALSE(read_beginning(path_ + "-absent", 5).ok());
    EXPECT_FALSE(read_beginning(testing::TempDir(), 5).ok()) << "a folder";
}

}  // namespace
}  // namespace vethwork
