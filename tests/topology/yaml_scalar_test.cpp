// Scalars of every style mean what YAML 1.2.2 says, also where libfyaml's own text of them would not.
#include <gtest/gtest.h>

#include <vethwork/topology/yaml.hpp>

namespace vethwork::topology {
namespace {

/// The text of key k; "E101" and so on where the file is refused.
std::string text_of(std::string file) {
    Sources sources;
    auto const at = sources.add("a.yaml", std::move(file));
    Complaints complaints(sources);
    auto const tree = parse_yaml(sources, at, complaints);
    if (!tree) return complaints.take().at(0).code;
    auto const* const found = tree->find("k");
    return found ? found->text : "no k";
}

TEST(YamlScalarText, ReadsWhatIsBetweenSingleQuotes) {
    EXPECT_EQ(text_of("k: ''"), "");
    EXPECT_EQ(text_of("k: 'it''s'"), "it's");
    EXPECT_EQ(text_of("k: 'q''''''''az'"), "q''''az");
    EXPECT_EQ(text_of("k: ''''''''''''''''''''''"), "''''''''''");
    EXPECT_EQ(text_of("k: 'a \\n \t \n  '''' \tb\n  \t ab\n\n\n  c'"), "a \\n '' \tb ab\n\nc");
    EXPECT_EQ(text_of("k: 'a\r\n  b'\r\n"), "a b");
    EXPECT_EQ(text_of("é: 'é'\nl: [1, 'x']\nk: 'é''''é'"), "é''é");
    EXPECT_EQ(text_of("'k''''': 'q'\nk: 'r'"), "r");
}

TEST(YamlScalarText, ReadsWhatIsBetweenDoubleQuotes) {
    EXPECT_EQ(text_of(R"(k: "a\tb\\\"\/\x41\u00e9\U0001f600\u20ac\e\_")"),
              "a\tb\\\"/A\u00e9\U0001f600\u20ac\x1b\u00a0");
    EXPECT_EQ(text_of("k: \"a \\  \n  b\""), "a   b");
    EXPECT_EQ(text_of("k: \"a\\ \n\n  \\\n  b\""), "a \nb");
    EXPECT_EQ(text_of("k: \"a\\\n\n    b  \n\n\n   c\\n\n  d\""), "a\nb\n\nc\n d");
    EXPECT_EQ(text_of("k: \"a \\\n  \\  b\""), "a   b");
}

TEST(YamlScalarText, RefusesEscapesWithoutMeaning) {
    for (std::string const wrong :
         {R"(\q)", R"(\x4)", R"(\xg0)", R"(\ud800)", R"(\U00110000)", R"(\u+123)", R"(\x00)", R"(\0)"})
        EXPECT_TRUE(text_of("k: \"" + wrong + "\"").starts_with("E1"))
            << wrong << ": " << text_of("k: \"" + wrong + "\"");
}

TEST(YamlScalarText, FoldsBlocks) {
    EXPECT_EQ(text_of("k: >\n  a\n  b\n\n  c\n"), "a b\nc\n");
    EXPECT_EQ(text_of("k: >-\n\n  a\n  b # c\n\n\n"), "\na b # c");
    EXPECT_EQ(text_of("k: >+ # all > of it\n  a\n\n\nl: b\n"), "a\n\n\n");
    EXPECT_EQ(text_of("k: >-\n  a\n  b\n\n   c\n  d\n  \n  \n    e\n\n   f\n"),
              "a b\n\n c\nd\n\n\n  e\n\n f");
    EXPECT_EQ(text_of("k: >\n  x\n\n  \n\n  \n   b#\n    éb\n\n  ba\n  z\n"),
              "x\n\n\n\n\n b#\n  éb\n\nba z\n");
    EXPECT_EQ(text_of("k: >\n   \n  \nl: b\n"), "");
    EXPECT_EQ(text_of("k: >+\n\n\nl: b\n"), "\n\n");
    EXPECT_EQ(text_of("k: >-\n  a\n  \tb\n  c\r\n  d"), "a\n\tb\nc d");
    EXPECT_EQ(text_of("- >\n  a\n"), "no k");
    EXPECT_EQ(text_of("k: >1-\n  a\n  b\n"), " a\n b");
}

TEST(YamlScalarText, LeavesLinesThatAreNotFolded) {
    EXPECT_EQ(text_of("k: |\n  a > b\n    c\n\n  d\n"), "a > b\n  c\n\nd\n");
    EXPECT_EQ(text_of("k: a\n  b\n\n  c # d\n"), "a b\nc");
}

}  // namespace
}  // namespace vethwork::topology
