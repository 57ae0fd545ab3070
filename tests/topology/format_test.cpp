#include <vethwork/topology/yaml_format.hpp>

#include <filesystem>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vethwork/base/fd.hpp>
#include <vethwork/topology/yaml_text.hpp>

namespace vethwork::topology {
namespace {

std::string formatted(std::string const& text) {
    Sources sources;
    auto const file = sources.add("lab.yaml", text);
    Complaints complaints(sources);
    auto const result = normal_form(sources, file, complaints);
    if (!result) return complaints.take().at(0).code;
    return *result;
}

TEST(NormalForm, IndentsByTwoAndKeepsComments) {
    EXPECT_EQ(
        formatted(
            "# The lab.\nnodes:\n    a: {role: host,tags: [ x ,y ]}   # here\n    # then\n    b:\n"
            "        role:   router\n\n\n# end\nlinks:\n- link: [a,b]\n  mtu: 1400\n-   link: [ b , a ]\n"),
        "# The lab.\nnodes:\n  a: { role: host, tags: [x, y] }    # here\n  # then\n  b:\n    role:   "
        "router\n\n"
        "# end\nlinks:\n  - link: [a, b]\n    mtu: 1400\n  - link: [b, a]\n");
}

TEST(NormalForm, LeavesTextsAlone) {
    EXPECT_EQ(
        formatted(
            "a:\n     run: |\n         if x; then\n\n           echo {a,b}   # no comment\n         fi\n"
            "     nft: 'a  {b,c}'\n     plain: echo {a,b} [c ,d]\n     long: one\n       two\n"),
        "a:\n  run: |\n      if x; then\n\n        echo {a,b}   # no comment\n      fi\n"
        "  nft: 'a  {b,c}'\n  plain: echo {a,b} [c ,d]\n  long: one\n    two\n");
}

TEST(NormalForm, TakesMapsAndListsOverSeveralLines) {
    EXPECT_EQ(
        formatted(
            "links:\n    - {link: [a,\n        b],   # ends\n       mtu: 9000}\n    -   - x\n        - y\n"),
        "links:\n  - { link: [a,\n      b],     # ends\n     mtu: 9000 }\n  - - x\n    - y\n");
}

TEST(NormalForm, SaysWhereTheTextIsNoYaml) { EXPECT_EQ(formatted("a: [b\n").substr(0, 2), "E1"); }

TEST(NormalForm, IsThatOfTheExamples) {
    namespace fs = std::filesystem;
    int files = 0, widened = 0;
    for (auto const& entry : fs::directory_iterator(fs::current_path() / "../../examples")) {
        if (!entry.path().string().ends_with(".vethwork.yaml")) continue;
        auto const text = read_file(entry.path()).value();
        EXPECT_EQ(formatted(text), text) << entry.path();
        // Its blanks at the begin of lines doubled it is the same again, but for comments that move.
        std::string wide;
        for (std::size_t at = 0; at < text.size();) {
            auto const end = text.find('\n', at) + 1;
            auto const line = text.substr(at, end - at);
            wide += std::string(std::min(line.find_first_not_of(' '), line.size()), ' ') + line;
            at = end;
        }
        auto const again = formatted(wide);
        ++files;
        EXPECT_NE(again, "E112") << entry.path();
        if (again == "E101") continue;  // a map in a list does not bear that
        EXPECT_EQ(formatted(again), again) << entry.path();
        ++widened;
    }
    EXPECT_GE(files, 10);
    EXPECT_GE(widened, 4);
}

TEST(YamlScalar, QuotesWhatMustBe) {
    EXPECT_EQ(yaml_scalar("10.0.0.1/24"), "10.0.0.1/24");
    EXPECT_EQ(yaml_scalar("fd00::1"), "fd00::1");
    EXPECT_EQ(yaml_scalar("::1"), "\"::1\"");
    EXPECT_EQ(yaml_scalar("a, b"), "\"a, b\"");
    EXPECT_EQ(yaml_scalar(""), "\"\"");
    EXPECT_EQ(yaml_scalar("-x"), "-x");
    EXPECT_EQ(yaml_scalar("- x"), "\"- x\"");
}

}  // namespace
}  // namespace vethwork::topology
