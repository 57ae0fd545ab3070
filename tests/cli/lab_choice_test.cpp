// Which lab a verb is about, and what a program in one of its nodes sees of the machine's mounts.
#include <gmock/gmock.h>

#include "support/vethwork.hpp"

namespace vethwork::test {
namespace {

using testing::HasSubstr;

/// A folder of this test with a lab of two nodes in it.
std::string two_nodes() {
    (void)shell("mkdir -p /run/here");
    (void)vethwork({"new", "two", "-C", "/run/here"});
    return "/run/here/two.vethwork.yaml";
}

TEST(Choice, IsAFileOrANameWithoutAnOption) {
    auto const file = two_nodes();
    EXPECT_THAT(vethwork({"plan", file}).out, HasSubstr("add namespace \"a\""));
    auto const up = vethwork({"up", file});
    EXPECT_EQ(up.status, 0) << up.err;
    EXPECT_EQ(vethwork({"status", file}).out, vethwork({"status", "two"}).out);
    EXPECT_EQ(vethwork({"status", "two"}).status, 0);
    EXPECT_EQ(vethwork({"restart", "two", "-q"}).status, 0) << "from its file, which is not in this folder";
    EXPECT_EQ(vethwork({"down", file, "-q"}).status, 0);
    EXPECT_EQ(vethwork({"up", file, "-q"}).status, 0);
    EXPECT_EQ(vethwork({"down", "two", "-q"}).status, 0);
    EXPECT_EQ(shell("ls /run/netns; ls /run/vethwork").out, "");
}

TEST(Choice, IsNamedByThePromptOfAShell) {
    auto const file = two_nodes();
    EXPECT_EQ(vethwork({"up", file, "-q"}).status, 0);
    auto const shown =
        run({"env", "SHELL=/bin/sh", program, "shell", "-f", file, "a"}, "printf '%s|' \"$PS1\"");
    EXPECT_EQ(shown.out, "a@two$ |");
    EXPECT_EQ(vethwork({"down", file, "-q"}).status, 0);
}

TEST(Choice, IsNotMadeTwice) {
    auto const file = two_nodes();
    for (std::string const verb : {"up", "down", "status", "restart", "plan"}) {
        auto const twice = vethwork({verb, file, "-f", file});
        EXPECT_EQ(twice.status, 2) << verb;
        EXPECT_THAT(twice.err, HasSubstr("excludes")) << verb;
    }
}

TEST(Choice, NeedsNoFileThatCanBeRead) {
    auto const file = two_nodes();
    EXPECT_EQ(vethwork({"up", file, "-q"}).status, 0);
    (void)shell("echo 'nodes: [' > " + file);
    EXPECT_EQ(vethwork({"check", file}).status, 2);
    EXPECT_EQ(vethwork({"exec", "-f", file, "a", "--", "true"}).status, 0);
    EXPECT_EQ(vethwork({"down", file, "-q"}).status, 0);
    EXPECT_EQ(shell("ls /run/netns; ls /run/vethwork").out, "");
}

/// A lab of forty nodes that is up: as root, or without.
class LargeLab : public testing::TestWithParam<std::string> {
protected:
    void SetUp() override {
        if (!GetParam().empty()) look_for_no_leaks();
        (void)shell(
            "mkdir /run/large && printf 'vethwork: 1\nname: large\nnodes: { n: { count: 40 } }\n' > " +
            file_);
        auto const up = verb("up");
        ASSERT_EQ(up.status, 0) << up.err;
    }
    void TearDown() override {
        EXPECT_EQ(verb("down").status, 0);
        EXPECT_EQ(shell("find /run/netns /run/vethwork -mindepth 1; grep nsfs /proc/self/mountinfo").out, "");
    }

    [[nodiscard]] Outcome verb(std::string const& name, std::vector<std::string> const& more = {},
                               std::string_view input = {}) const {
        std::vector<std::string> words{name, "-f", file_};
        if (!GetParam().empty()) words.push_back(GetParam());
        words.insert(words.end(), more.begin(), more.end());
        return vethwork(std::move(words), input);
    }
    [[nodiscard]] std::string in_node(std::string const& command) const {
        auto const done = verb("exec", {"n7", "--", "sh", "-c", command});
        EXPECT_EQ(done.status, 0) << done.err;
        return done.out;
    }

    std::string file_ = "/run/large/large.vethwork.yaml";
};

constexpr char const* count_pins = "grep -c ' /run/netns/' /proc/self/mountinfo";

TEST_P(LargeLab, ShowsItsPinsToShellsAlone) {
    auto const pins = in_node(std::string(count_pins) + "; true");
    if (pins == "40\n") GTEST_SKIP() << "this kernel does not list mounts: programs see all pins";
    EXPECT_EQ(pins, "0\n");
    EXPECT_EQ(verb("shell", {"n7"}, count_pins).out, "40\n");
    EXPECT_EQ(in_node("pwd"), shell("pwd").out);
}

TEST_P(LargeLab, ShowsWhatIsMountedLater) {
    // A rootless lab keeps the mounts of its beginning.
    auto const seen = GetParam().empty() ? "here\n" : "";
    auto const look = [this] { return in_node("cat /run/more/file 2>/dev/null; true"); };
    EXPECT_EQ(shell("mkdir /run/more && mount -t tmpfs more /run/more && echo here > /run/more/file").status,
              0);
    EXPECT_EQ(look(), seen);
    EXPECT_EQ(shell("umount /run/more").status, 0);
    EXPECT_EQ(look(), "");
    EXPECT_EQ(shell("ip netns add another").status, 0);
    EXPECT_EQ(look(), "");
    EXPECT_EQ(shell("ip netns del another").status, 0);
}

INSTANTIATE_TEST_SUITE_P(As, LargeLab, testing::Values("", "--rootless"),
                         [](auto const& one) { return one.param.empty() ? "Root" : "Rootless"; });

TEST(Choice, IsOfNamesThatLabsMayHave) {
    look_for_no_leaks();
    (void)shell("mkdir -p '/run/odd place' /run/mine && echo keep > /run/mine/file");
    (void)shell("printf 'vethwork: 1\\nnodes: { a: {} }\\n' > '/run/odd place/my lab.vethwork.yaml'");
    EXPECT_EQ(vethwork({"up", "/run/odd place/my lab.vethwork.yaml"}).status, 0);
    for (std::string const name : {".", "..", "../mine", "../vethwork", "rootless", "a/b"})
        for (std::string const verb : {"down", "status", "exec"}) {
            auto words = std::vector<std::string>{verb, "-l", name};
            if (verb == "exec") words.insert(words.end(), {"a", "--", "true"});
            auto const refused = vethwork(words);
            EXPECT_EQ(refused.status, 2) << verb << " " << name << refused.err;
        }
    EXPECT_EQ(shell("cat /run/mine/file").out, "keep\n");
    EXPECT_EQ(vethwork({"status", "my-lab"}).status, 0);
    EXPECT_EQ(vethwork({"down", "/run/odd place/my lab.vethwork.yaml"}).status, 0);
}

TEST(Down, RemovesTheFolderOfAnUpThatWasKilledAtOnce) {
    (void)shell("mkdir -p /run/vethwork/rootless");
    EXPECT_EQ(vethwork({"down", "--rootless", "-l", "none"}).status, 0);
    EXPECT_NE(::access("/run/vethwork/rootless", F_OK), 0);
    (void)shell("mkdir -p /run/vethwork/rootless/other");
    (void)vethwork({"down", "--rootless", "-l", "none"});
    EXPECT_EQ(::access("/run/vethwork/rootless/other", F_OK), 0);
}

}  // namespace
}  // namespace vethwork::test
