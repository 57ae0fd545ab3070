// Every code that the sources can complain with is explained, and nothing else is.
#include <vethwork/topology/explanations.hpp>

#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

#include <gtest/gtest.h>

#include <vethwork/base/text.hpp>

namespace vethwork::topology {
namespace {

namespace fs = std::filesystem;

bool is_code(std::string_view text) {
    return text.size() == 4 && (text[0] == 'E' || text[0] == 'W') &&
           text.find_first_not_of("0123456789", 1) == std::string_view::npos;
}

std::string text_of(fs::path const& path) {
    std::ostringstream text;
    text << std::ifstream(path).rdbuf();
    return text.str();
}

/// Every "E207" in quotes, of all sources below a folder.
std::set<std::string> codes_below(std::string const& folder) {
    std::set<std::string> codes;
    for (auto const& entry : fs::recursive_directory_iterator(fs::current_path() / "../.." / folder)) {
        auto const& path = entry.path();
        if (path.extension() != ".cpp" || path.filename() == "explanations.cpp") continue;
        auto const text = text_of(path);
        for (auto const part : split(text, '"'))
            if (is_code(part)) codes.emplace(part);
    }
    return codes;
}

TEST(Explanations, AreThereForExactlyTheCodesOfTheSources) {
    auto used = codes_below("src/vethwork");
    used.merge(codes_below("apps/vethwork"));
    ASSERT_GT(used.size(), 50u);
    std::set<std::string> explained;
    for (auto const& entry : explanations()) explained.emplace(entry.code);
    EXPECT_EQ(explained, used);
}

TEST(Explanations, AreSortedAndFitTheTerminal) {
    std::string_view before;
    for (auto const& entry : explanations()) {
        EXPECT_LT(before, entry.code);
        before = entry.code;
        EXPECT_TRUE(entry.text.ends_with('\n')) << entry.code;
        for (auto const line : split(entry.text, '\n')) EXPECT_LE(line.size(), 92u) << line;
    }
}

TEST(Explanations, AreFoundByCode) {
    ASSERT_NE(find_explanation("E207"), nullptr);
    EXPECT_EQ(find_explanation("E207")->title, "this is no percentage");
    EXPECT_EQ(find_explanation("E299"), nullptr);
}

}  // namespace
}  // namespace vethwork::topology
