// Every file of bad/ is refused with exactly the complaints of its .expected.
#include <algorithm>
#include <filesystem>

#include <gtest/gtest.h>

#include <vethwork/base/fd.hpp>
#include <vethwork/topology/read_lab.hpp>

namespace vethwork::topology {
namespace {

std::vector<std::filesystem::path> bad_files() {
    std::vector<std::filesystem::path> files;
    for (auto const& entry : std::filesystem::directory_iterator("bad"))
        if (entry.path().extension() == ".yaml") files.push_back(entry.path());
    std::sort(files.begin(), files.end());
    return files;
}

TEST(BadFile, IsRefusedInTheseWords) {
    auto const files = bad_files();
    EXPECT_GE(files.size(), 150u);
    for (auto const& file : files) {
        auto const text = read_file(file),
                   expected = read_file(std::filesystem::path(file).replace_extension("expected"));
        ASSERT_TRUE(text.ok() && expected.ok()) << file;
        auto const reading = read_lab(file.filename(), text.value());
        std::string told;
        for (auto const& complaint : reading.complaints) told += complaint.to_text();
        EXPECT_EQ(told, expected.value()) << file;
        EXPECT_FALSE(reading.lab.has_value()) << file;
    }
}

}  // namespace
}  // namespace vethwork::topology
