#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>

#include <vethwork/base/fd.hpp>
#include <vethwork/observe/names.hpp>

namespace vethwork::observe {
namespace {

using topology::NameKind;

TEST(LoadNames, ReadsDecimalAndHexadecimalNumbers) {
    LoadedNames loaded;
    parse_names("# reserved\n100\tred # a comment\n  0x20 CS1\n\n-1 none\n", "f", loaded);
    EXPECT_EQ(loaded.names.name_of(100), "red");
    EXPECT_EQ(loaded.names.number_of("CS1"), 0x20u);
    EXPECT_EQ(loaded.names.number_of("none"), std::nullopt);
    EXPECT_TRUE(loaded.complaints.empty());
}

TEST(LoadNames, StopsAtABrokenLine) {
    LoadedNames loaded;
    parse_names("1 one\ntwo\n3 three\n", "rt_tables", loaded);
    EXPECT_EQ(loaded.names.number_of("one"), 1u);
    EXPECT_EQ(loaded.names.number_of("three"), std::nullopt);
    ASSERT_EQ(loaded.complaints.size(), 1u);
    EXPECT_EQ(loaded.complaints[0], "Database rt_tables is corrupted at two\n");
}

TEST(LoadNames, ReadsTheFileAndTheFolderBesideIt) {
    char folder[] = "/tmp/names_XXXXXX";
    ASSERT_NE(::mkdtemp(folder), nullptr);
    std::filesystem::path const root = folder;
    std::filesystem::create_directory(root / "rt_tables.d");
    EXPECT_TRUE(write_file(root / "rt_tables", "100 red\n").ok());
    EXPECT_TRUE(write_file(root / "rt_tables.d/lab.conf", "200 blue\n").ok());
    EXPECT_TRUE(write_file(root / "rt_tables.d/README", "300 green\n").ok());
    auto const loaded = load_names(NameKind::route_table, root);
    EXPECT_EQ(loaded.names.number_of("red"), 100u);
    EXPECT_EQ(loaded.names.number_of("blue"), 200u);
    EXPECT_EQ(loaded.names.number_of("green"), std::nullopt);
    std::filesystem::remove_all(root);
}

TEST(LoadNames, TakesAbsentFilesForEmpty) {
    auto const loaded = load_names(NameKind::group, "/nonexistent");
    EXPECT_EQ(loaded.names, topology::NameTable{});
    EXPECT_TRUE(loaded.complaints.empty());
}

}  // namespace
}  // namespace vethwork::observe
