// The way out of a lab, by pasta or slirp4netns, as root and without, and by the machine itself. "The
// machine" is the sandbox of each test, with a cable to a namespace that is the world: no packet goes
// further.
#include <signal.h>

#include <chrono>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include <vethwork/base/fd.hpp>
#include <vethwork/base/text.hpp>

#include "support/vethwork.hpp"

namespace vethwork::test {
namespace {

using nlohmann::json;
using testing::HasSubstr;

std::string const file = "/run/t.vethwork.yaml";

constexpr auto world = R"(set -e; mkdir -p /run/netns; ip netns add world; ip link set lo up
ip link add up0 type veth peer name eth0 netns world; ip addr add 192.168.77.1/24 dev up0; ip link set up0 up
ip -n world addr add 192.168.77.2/24 dev eth0; ip -n world link set eth0 up
ip route add default via 192.168.77.2
ip addr add fd77::1/64 dev up0 nodad; ip -n world addr add fd77::2/64 dev eth0 nodad
ip -n world link set lo up; ip -6 route add default via fd77::2
)";

/// pc behind gw, which is the way out.
void write_lab(std::string const& internet) {
    (void)write_file(file,
                     "vethwork: 1\nname: t\nnodes: { pc: , gw: { role: router } }\n"
                     "links: [{ link: [pc, gw] }]\ninternet: " +
                         internet + "\n");
}

/// There, and not one that has ended and is only still counted.
bool is_alive(int pid) {
    auto const stat = read_file("/proc/" + std::to_string(pid) + "/stat");
    return stat && stat->find(") Z ") == std::string::npos && stat->find(") X ") == std::string::npos;
}

/// Waits until a process has ended.
bool ends(int pid) {
    auto const deadline = std::chrono::steady_clock::now() + std::chrono::seconds(10);
    while (is_alive(pid) && std::chrono::steady_clock::now() < deadline) (void)shell("true");
    return !is_alive(pid);
}

/// Which program, and how the lab stands.
struct Way {
    std::string program, mode, footing;
};

void PrintTo(Way const& way, std::ostream* to) { *to << way.program << ' ' << way.footing; }

class Internet : public testing::Test {
protected:
    void SetUp() override {
        if (!has_program("ip") || !has_program("ss")) GTEST_SKIP() << "no ip or ss here to make a world with";
        look_for_no_leaks();  // the leak checker does not find itself in the /proc of a rootless lab
        auto const made = shell(world);
        ASSERT_EQ(made.status, 0) << made.err;
    }
    void TearDown() override {
        (void)shell("for f in '' --rootless; do " + program + " down $f -f " + file + "; done");
        if (server_ > 0) (void)::kill(server_, SIGTERM);
    }
    void start_server(std::string const& address = "192.168.77.2") {
        auto const started =
            shell("ip netns exec world " + program + " serve tcp " + address +
                  ":4078 >/dev/null 2>&1 & echo $!; "
                  "timeout 10 sh -c 'until ip netns exec world ss -ltn | grep -q 4078; do :; done'");
        ASSERT_EQ(started.status, 0);
        server_ = std::stoi(started.out);
    }

    int server_ = 0;
};

class WayOut : public Internet, public testing::WithParamInterface<Way> {
protected:
    Outcome vethwork(std::string const& words) const {
        auto const space = words.find(' ');
        return shell(program + " " + words.substr(0, space) + " " + GetParam().footing + " -f " + file +
                     (space == std::string::npos ? "" : words.substr(space)));
    }
    Outcome ask_from(std::string const& node, std::string const& address = "192.168.77.2") const {
        return vethwork("exec " + node + " -- sh -c 'echo hello | " + program + " send tcp " + address +
                        ":4078'");
    }
    /// The way out's process, as this pid namespace numbers it.
    static int process_of(std::string const& name) {
        return std::atoi(shell("for p in /proc/[0-9]*; do tr '\\0' ' ' <$p/cmdline 2>/dev/null | grep -q '" +
                               name + ".* .*inet0' && echo ${p#/proc/}; done; true")
                             .out.c_str());
    }
};

TEST_P(WayOut, LeadsOutAndLeavesNothing) {
    auto const& way = GetParam();
    if (!has_program(way.program)) GTEST_SKIP() << "no " << way.program << " here";
    start_server();
    write_lab("{ via: gw, mode: " + way.mode + " }");
    auto const up = vethwork("up");
    ASSERT_EQ(up.status, 0) << up.err;
    for (std::string const node : {"gw", "pc"}) {
        auto const answer = ask_from(node);
        EXPECT_EQ(answer.status, 0) << node << ": " << answer.err;
        EXPECT_THAT(answer.out, HasSubstr("hello")) << node;
    }
    EXPECT_EQ(json::parse(vethwork("up -j").out).at("steps"), 0);
    auto const status = json::parse(vethwork("status -j").out);
    EXPECT_EQ(status.at("services").at(0).at("service"), "gw/internet");
    EXPECT_EQ(status.at("services").at(0).at("state"), "ready");
    EXPECT_TRUE(status.at("drift").empty()) << status;
    int const process = process_of(way.program);
    ASSERT_GT(process, 0);
    EXPECT_EQ(vethwork("down").status, 0);
    EXPECT_FALSE(is_alive(process));
}

TEST_P(WayOut, EndsWithTheKeeperThatIsKilled) {
    auto const& way = GetParam();
    if (!has_program(way.program)) GTEST_SKIP() << "no " << way.program << " here";
    write_lab("{ via: gw, mode: " + way.mode + " }");
    ASSERT_EQ(vethwork("up").status, 0);
    int const process = process_of(way.program);
    ASSERT_GT(process, 0);
    std::string const folder =
        way.footing.empty() ? "/run/vethwork/t/lab.json" : "/run/vethwork/rootless/t/lab.json";
    auto const record = read_file(folder);
    ASSERT_TRUE(record) << folder;
    ASSERT_EQ(::kill(json::parse(*record).at("keeper").at("pid").get<int>(), SIGKILL), 0);
    EXPECT_TRUE(ends(process));
    EXPECT_EQ(vethwork("down").status, 0);
}

TEST_P(WayOut, LeadsOutByIpv6) {
    if (GetParam().program != "pasta") GTEST_SKIP() << GetParam().program << " has no IPv6 of its own choice";
    if (!has_program("pasta")) GTEST_SKIP() << "no pasta here";
    start_server("[fd77::2]");
    write_lab("{ via: gw }");
    auto const up = vethwork("up");
    ASSERT_EQ(up.status, 0) << up.err;
    for (std::string const node : {"gw", "pc"}) {
        auto const answer = ask_from(node, "[fd77::2]");
        EXPECT_EQ(answer.status, 0) << node << ": " << answer.err;
        EXPECT_THAT(answer.out, HasSubstr("hello")) << node;
    }
    EXPECT_EQ(json::parse(vethwork("up -j").out).at("steps"), 0);
    EXPECT_TRUE(json::parse(vethwork("status -j").out).at("drift").empty());
    EXPECT_EQ(vethwork("down").status, 0);
}

TEST_P(WayOut, PublishesPorts) {
    if (GetParam().program != "pasta") {
        write_lab("{ via: gw, mode: slirp4netns, publish: [8080 -> pc:80] }");
        EXPECT_THAT(vethwork("plan").err,
                    HasSubstr("this is not published: slirp4netns publishes no ports here"));
        return;
    }
    if (!has_program("pasta")) GTEST_SKIP() << "no pasta here";
    auto const serve = [](std::string const& port) {
        return "services: { echo: { argv: [" + program + ", serve, tcp, \"0.0.0.0:" + port + "\"" +
               "], ready: { tcp: " + port + " } } }";
    };
    (void)write_file(file,
                     "vethwork: 1\nname: t\nnodes:\n  pc: { " + serve("80") + " }\n  gw: { role: router, " +
                         serve("81") +
                         " }\nlinks: [{ link: [pc, gw] }]\ninternet:\n  via: gw\n  publish: [8080 -> pc:80, "
                         "8081 -> gw:81, \"192.168.77.1:8082 -> pc:80\", \"192.168.77.1:8083 -> gw:81\"]\n");
    auto const up = vethwork("up");
    ASSERT_EQ(up.status, 0) << up.err;
    EXPECT_EQ(up.err.find("warning"), std::string::npos) << up.err;
    for (std::string const port : {"8080", "8081"}) {
        auto const answer = shell("echo hello | " + program + " send tcp 127.0.0.1:" + port);
        EXPECT_THAT(answer.out, HasSubstr("hello")) << port << answer.err;
    }
    for (std::string const port : {"8082", "8083"}) {
        auto const answer =
            shell("echo hello | ip netns exec world " + program + " send tcp 192.168.77.1:" + port);
        EXPECT_THAT(answer.out, HasSubstr("hello")) << port << answer.err;
    }
    EXPECT_NE(shell("echo hello | ip netns exec world " + program + " send tcp 192.168.77.1:8080").status, 0)
        << "published at 127.0.0.1 only";
    EXPECT_EQ(json::parse(vethwork("up -j").out).at("steps"), 0);
    EXPECT_EQ(vethwork("down").status, 0);
    EXPECT_EQ(shell("ss -Hltn").out.find(":8080"), std::string::npos);
}

INSTANTIATE_TEST_SUITE_P(By, WayOut,
                         testing::Values(Way{"pasta", "auto", ""}, Way{"pasta", "auto", "--rootless"},
                                         Way{"slirp4netns", "slirp4netns", ""},
                                         Way{"slirp4netns", "slirp4netns", "--rootless"}),
                         [](auto const& test) {
                             return test.param.program + (test.param.footing.empty() ? "AsRoot" : "Rootless");
                         });

TEST_F(Internet, SaysWhatToInstallWhereThereIsNoWayOut) {
    (void)shell(
        "for p in pasta slirp4netns; do for d in /usr/bin /usr/sbin /bin /sbin /usr/local/bin; do "
        "[ ! -e $d/$p ] || mount --bind /dev/null $d/$p; done; done");
    write_lab("{ via: gw }");
    auto const up = shell(program + " up -f " + file);
    EXPECT_EQ(up.status, 3);
    EXPECT_THAT(up.err,
                HasSubstr("vethwork up: `internet:` leads out through a program, and neither pasta nor "
                          "slirp4netns is installed; "));
    EXPECT_THAT(up.err, HasSubstr("sudo apt install passt"));
    EXPECT_THAT(up.err, HasSubstr("or, as root, `mode: nat`"));
    EXPECT_EQ(shell("nft list ruleset; ip -o link | grep vwnat").out, "") << "nobody asked for that";
    EXPECT_EQ(shell(program + " ls").out, "");
}

TEST_F(Internet, IsNotGivenToALabThatIsUpWithoutOne) {
    if (!has_program("pasta")) GTEST_SKIP() << "no pasta here";
    (void)write_file(file,
                     "vethwork: 1\nname: t\nnodes: { pc: , gw: { role: router } }\n"
                     "links: [{ link: [pc, gw] }]\n");
    EXPECT_EQ(shell(program + " up --rootless -f " + file).status, 0);
    write_lab("{ via: gw }");
    auto const up = shell(program + " up --rootless -f " + file);
    EXPECT_NE(up.status, 0);
    EXPECT_THAT(up.err, HasSubstr("the lab was brought up without a way out"));
    EXPECT_THAT(up.err, HasSubstr("vethwork restart"));
}

/// The machine as it is: all that a lab could change of it. Not what passes by itself: connections that are
/// remembered, and how far the kernel is with its own link-local addresses.
constexpr auto machine_dump =
    R"end({ grep -rs '' /proc/sys/net | grep -v 'conntrack_count\|/random\|route/flush' | sort; ip -d link; ip addr
ip route show table all; ip -6 route show table all; ip rule; ip -6 rule
nft list ruleset; ls /run/netns; ls /run/vethwork; } 2>&1 | grep -v fe80: >)end";

class Nat : public Internet {
protected:
    void SetUp() override {
        Internet::SetUp();
        if (IsSkipped()) return;
        if (!has_program("nft") || !has_program("ping")) GTEST_SKIP() << "no nft or ping here";
        write_lab("{ via: gw, mode: nat }");
        (void)shell(std::string(machine_dump) + "/run/before");
        ASSERT_EQ(shell("grep -x /proc/sys/net/ipv4/conf/up0/forwarding:0 /run/before").status, 0);
    }
    /// How the machine differs from what it was at first.
    static std::string changes() {
        return shell(std::string(machine_dump) + "/run/after; diff /run/before /run/after").out;
    }
    static Outcome vethwork(std::string const& words) { return shell(program + " " + words); }
    static Outcome up() { return vethwork("up -f " + file); }
    static int ping_world(std::string const& netns) {
        return shell("ip netns exec " + netns + " ping -c 1 -W 2 192.168.77.2").status;
    }
    static std::string forwards(std::string const& link) {
        return shell("cat /proc/sys/net/ipv4/conf/" + link + "/forwarding").out;
    }
};

TEST_F(Nat, LeadsOutThroughTheMachineAndLeavesItAsItWas) {
    auto const made = up();
    ASSERT_EQ(made.status, 0) << made.err;
    EXPECT_THAT(made.err, HasSubstr("of this machine, until `vethwork down`: link vwnat"));
    EXPECT_THAT(made.err, HasSubstr("nft table inet vethwork_t, and forwarding (IPv4) of up0"));
    EXPECT_EQ(ping_world("t.pc"), 0);
    EXPECT_EQ(ping_world("t.gw"), 0);
    EXPECT_THAT(changes(), HasSubstr("> /proc/sys/net/ipv4/conf/up0/forwarding:1"));
    EXPECT_EQ(json::parse(vethwork("up -j -f " + file).out).at("steps"), 0);
    EXPECT_TRUE(json::parse(vethwork("status -j -l t").out).at("drift").empty());
    EXPECT_EQ(vethwork("down -l t").status, 0);
    EXPECT_EQ(changes(), "");
}

TEST_F(Nat, TellsWhatItWouldChange) {
    for (std::string const words : {"check", "plan", "up --dry-run"}) {
        auto const told = vethwork(words + " -f " + file);
        EXPECT_EQ(told.status, 0) << words;
        EXPECT_THAT(told.err, HasSubstr("and forwarding (IPv4) of up0")) << words;
    }
    EXPECT_THAT(vethwork("plan -f " + file).out,
                HasSubstr("this machine: set net.ipv4.conf.up0.forwarding = 1"));
    EXPECT_EQ(changes(), "");
}

TEST_F(Nat, IsMadeByTheScriptToo) {
    constexpr auto facts =
        "ip -br -4 addr; ip route; nft list ruleset; grep . /proc/sys/net/ipv4/conf/*/forwarding";
    auto const script = vethwork("up --dry-run -q -f " + file);
    (void)write_file("/run/script", script.out);
    auto const ran = shell("sh /run/script");
    ASSERT_EQ(ran.status, 0) << ran.err;
    EXPECT_EQ(ping_world("pc"), 0);
    auto const by_script = shell(facts).out;
    ASSERT_EQ(
        shell("ip netns del pc; ip netns del gw; ip link del $(ip -o link | grep -o 'vwnat[0-9]*' | head -1);"
              "nft delete table inet vethwork_t; sysctl -qw net.ipv4.conf.up0.forwarding=0")
            .status,
        0);
    ASSERT_EQ(up().status, 0);
    EXPECT_EQ(shell(facts).out, by_script);
    EXPECT_EQ(vethwork("down -l t").status, 0);
    EXPECT_EQ(changes(), "");
}

TEST_F(Nat, LeavesNothingWhereUpIsKilled) {
    for (int moment = 0; moment < 12; ++moment) {
        (void)shell(
            fmt::format("timeout --foreground -s KILL 0.{:03} {} up -f {}", 4 + 6 * moment, program, file));
        auto const down = vethwork("down -l t");
        EXPECT_TRUE(down.status == 0 || down.status == 4) << down.err;
        ASSERT_EQ(changes(), "") << "killed after " << 4 + 6 * moment << " ms";
    }
    ASSERT_EQ(up().status, 0) << "and can be brought up";
    EXPECT_EQ(ping_world("t.pc"), 0);
}

TEST_F(Nat, IsGivenBackByAChangedFileAndByAFailure) {
    ASSERT_EQ(up().status, 0);
    (void)write_file(file,
                     "vethwork: 1\nname: t\nnodes: { pc: , gw: { role: router } }\n"
                     "links: [{ link: [pc, gw] }]\n");
    auto const sealed = up();
    EXPECT_EQ(sealed.status, 0) << sealed.err;
    EXPECT_EQ(forwards("up0"), "0\n");
    EXPECT_EQ(shell("nft list ruleset; ip -o link | grep vwnat").out, "");
    EXPECT_EQ(vethwork("down -l t").status, 0);
    (void)write_file(file,
                     "vethwork: 1\nname: t\nnodes: { gw: { role: router, services: { bad: { run: exit 1, "
                     "ready: { file: /nowhere } } } } }\ninternet: { via: gw, mode: nat }\n");
    EXPECT_EQ(up().status, 5);
    EXPECT_EQ(changes(), "");
}

TEST_F(Nat, IsSharedByLabs) {
    ASSERT_EQ(up().status, 0);
    std::string const other = "/run/u.vethwork.yaml";
    (void)write_file(other,
                     "vethwork: 1\nname: u\nnodes: { gw: { role: router } }\n"
                     "internet: { via: gw, mode: nat }\n");
    auto const second = vethwork("up -f " + other);
    ASSERT_EQ(second.status, 0) << second.err;
    EXPECT_EQ(ping_world("t.pc"), 0);
    EXPECT_EQ(ping_world("u.gw"), 0);
    EXPECT_EQ(vethwork("down -l t").status, 0);
    EXPECT_EQ(forwards("up0"), "1\n") << "the other lab needs it";
    EXPECT_EQ(ping_world("u.gw"), 0);
    EXPECT_EQ(vethwork("down -l u").status, 0);
    EXPECT_EQ(changes(), "");
}

TEST_F(Nat, MakesTheMachineNoRouterForOthers) {
    auto const others = shell(
        "set -e; ip netns add lan; ip link add lan0 type veth peer name eth0 netns lan\n"
        "ip addr add 192.168.88.1/24 dev lan0; ip link set lan0 up; ip -n lan link set eth0 up\n"
        "ip -n lan addr add 192.168.88.2/24 dev eth0; ip -n lan route add default via 192.168.88.1\n"
        "ip -n world route add 192.168.88.0/24 via 192.168.77.1");
    ASSERT_EQ(others.status, 0) << others.err;
    ASSERT_EQ(up().status, 0);
    EXPECT_EQ(forwards("lan0"), "1\n");
    EXPECT_EQ(shell("ip netns exec t.pc ping -c 1 -W 2 192.168.88.2").status, 0);
    auto const past = "ip netns exec world ping -c 1 -W 1 192.168.88.2";
    EXPECT_NE(shell(past).status, 0);
    ASSERT_EQ(shell("nft flush chain inet vethwork_t forward").status, 0);
    EXPECT_EQ(shell(past).status, 0) << "so it is the table that keeps them apart";
    EXPECT_EQ(vethwork("down -l t").status, 0);
    EXPECT_EQ(forwards("lan0"), "0\n");
}

TEST_F(Nat, SaysWhyItCannot) {
    auto const rootless = vethwork("up --rootless -f " + file);
    EXPECT_EQ(rootless.status, 3);
    EXPECT_THAT(rootless.err, HasSubstr("which only root may"));
    EXPECT_THAT(rootless.err, HasSubstr("pasta and slirp4netns need no root"));
    ASSERT_EQ(shell("ip route add 100.126.0.0/16 via 192.168.77.2").status, 0);
    auto const taken = up();
    EXPECT_EQ(taken.status, 3);
    EXPECT_THAT(taken.err, HasSubstr("`mode: nat` of lab \"t\" needs the addresses 100.126."));
    ASSERT_EQ(shell("ip route del 100.126.0.0/16").status, 0);
    EXPECT_EQ(changes(), "");
}

}  // namespace
}  // namespace vethwork::test
