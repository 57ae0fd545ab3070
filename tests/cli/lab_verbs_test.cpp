// The verbs that look at labs and at the machine: whole outputs, exit statuses.
#include <filesystem>

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include "support/vethwork.hpp"

namespace vethwork::test {
namespace {

using nlohmann::json;
using testing::HasSubstr;
using testing::StartsWith;

/// A folder of this test, with a lab of this kind in it; its file.
std::string new_lab(std::string const& kind) {
    auto const folder = "/run/" + kind;
    (void)shell("mkdir -p " + folder);
    auto const made = vethwork({"new", kind, "-C", folder});
    EXPECT_EQ(made.status, 0) << made.err;
    return folder + "/" + kind + ".vethwork.yaml";
}

TEST(New, WritesLabsThatPassTheCheckWithoutAWarning) {
    for (std::string const kind : {"two", "star", "router", "nat"}) {
        auto const file = new_lab(kind);
        auto const checked = vethwork({"check", file});
        EXPECT_EQ(checked.status, 0) << checked.err;
        EXPECT_THAT(checked.err, StartsWith(kind + ": "));
    }
}

TEST(Check, SaysWhatOfAFileNothingCarriesOut) {
    auto const file = new_lab("two");
    EXPECT_EQ(vethwork({"check", file}).err.find("plays"), std::string::npos);
    (void)shell("echo 'scenarios: { cut: [{ at: 1s, down: a-b }] }' >> " + file);
    EXPECT_THAT(vethwork({"check", file}).err,
                HasSubstr("\n  `scenarios` (1): read and checked; nothing plays them yet\n"));
}

TEST(New, DoesNotOverwriteAndKnowsItsKinds) {
    auto const file = new_lab("two");
    (void)shell("echo mine > " + file);
    auto const again = vethwork({"new", "two", "-C", "/run/two"});
    EXPECT_EQ(again.status, 1);
    EXPECT_THAT(again.err, HasSubstr("File exists"));
    EXPECT_EQ(shell("cat " + file).out, "mine\n");
    EXPECT_EQ(vethwork({"new", "star", "-q", "-o", "/run/two/star"}).err, "");
    auto const unknown = vethwork({"new", "ruoter"});
    EXPECT_EQ(unknown.status, 2);
    EXPECT_THAT(unknown.err, HasSubstr("did you mean 'router'?"));
    EXPECT_EQ(vethwork({"new", "--print"}).out, vethwork({"new", "two", "--print"}).out);
}

TEST(Check, MissesSourcesOfFilesAndReadsRules) {
    (void)shell("mkdir -p /run/odd && echo hello > /run/odd/there");
    auto const check = [](std::string const& node) {
        (void)shell("printf 'vethwork: 1\nnodes:\n  a: { " + node + " }\n' > /run/odd/odd.vethwork.yaml");
        return vethwork({"check", "-C", "/run/odd"});
    };
    EXPECT_EQ(check("files: { /run/x: { source: there } }").status, 0);
    auto const missing = check("files: { /run/x: { source: absent } }");
    EXPECT_EQ(missing.status, 2);
    EXPECT_THAT(missing.err, StartsWith("odd.vethwork.yaml:3:17: error: '/run/x' is to come from "
                                        "'/run/odd/absent', which is not there  [E223]\n"));
    EXPECT_THAT(check("netns: /run/netns/absent").err,
                HasSubstr("'a' is to be the namespace '/run/netns/absent', which is not there"));
    EXPECT_THAT(check("rules: [frmo 10.0.0.1]").err, HasSubstr("[E505]"));
    EXPECT_EQ(check("interfaces: { x: { kind: bridge, options: stp_state 1 } }").status, 0);
    EXPECT_THAT(check("interfaces: { x: { kind: bridge, options: nonsense 1 } }").err, HasSubstr("[E506]"));
    EXPECT_THAT(check("interfaces: { x: { kind: dummy, options: a b } }").err, HasSubstr("[E506]"));
    EXPECT_THAT(check("routes: [10.0.0.0/33 dev lo]").err, HasSubstr("[E501]"));
}

TEST(Show, TellsAddressesAndRoutesThatWereChosen) {
    auto const file = new_lab("router");
    auto const shown = vethwork({"show", file});
    EXPECT_EQ(shown.status, 0) << shown.err;
    EXPECT_THAT(shown.out, StartsWith("left (host)\n"));
    EXPECT_THAT(shown.out, HasSubstr("  route           default via 10.1.0.1 dev eth0\n"));
    auto const data = json::parse(vethwork({"show", file, "--json"}).out);
    EXPECT_EQ(data["lab"], "router");
    ASSERT_EQ(data["nodes"].size(), 3u);
    auto const& router = data["nodes"][1];
    EXPECT_EQ(router["role"], "router");
    EXPECT_EQ(router["interfaces"][0]["addresses"][0], "10.1.0.1/24");
    EXPECT_EQ(router["interfaces"][1]["peers"], json::array({"right:eth0"}));
}

TEST(Show, FindsTheFileOfTheFolderAndComplainsWithoutOne) {
    (void)new_lab("star");
    EXPECT_THAT(vethwork({"show", "-C", "/run/star"}).out, StartsWith("sw (switch)\n"));
    auto const none = vethwork({"show", "-f", "/run/none.vethwork.yaml"});
    EXPECT_EQ(none.status, 4);
    EXPECT_EQ(none.out, "");
    EXPECT_EQ(vethwork({"show", "-l", "absent"}).status, 4);
}

TEST(Graph, DrawsInFourLanguages) {
    auto const file = new_lab("router");
    EXPECT_THAT(vethwork({"graph", file}).out, HasSubstr("left:eth0 ──── r:eth0       west   10.1.0.0/24"));
    EXPECT_THAT(vethwork({"graph", file, "--dot"}).out, StartsWith("graph \"router\" {\n"));
    EXPECT_THAT(vethwork({"graph", file, "--mermaid"}).out, StartsWith("graph LR\n"));
    EXPECT_THAT(vethwork({"graph", file, "--svg"}).out,
                StartsWith("<svg xmlns=\"http://www.w3.org/2000/svg\""));
    EXPECT_EQ(vethwork({"graph", file, "--dot", "--mermaid"}).status, 2);
    EXPECT_EQ(vethwork({"graph", file, "--mermaid", "--svg"}).status, 2);
}

TEST(Schema, IsJson) {
    auto const printed = vethwork({"schema"});
    EXPECT_EQ(printed.status, 0);
    EXPECT_TRUE(json::parse(printed.out)["definitions"]["lab"]["properties"].contains("nodes"));
}

TEST(Explain, TellsOneCodeOrListsAll) {
    auto const one = vethwork({"explain", "e207"});
    EXPECT_EQ(one.status, 0);
    EXPECT_THAT(one.out, StartsWith("E207: this is no percentage\n\n"));
    EXPECT_THAT(vethwork({"explain"}).out, HasSubstr("E207  this is no percentage\n"));
    EXPECT_EQ(json::parse(vethwork({"explain", "W503", "-j"}).out)["code"], "W503");
    EXPECT_EQ(vethwork({"explain", "E999"}).status, 4);
}

TEST(Completion, CompletesVerbsAndOptionsInBash) {
    if (!has_program("bash")) GTEST_SKIP() << "no bash";
    auto const script = vethwork({"completion", "bash"});
    EXPECT_EQ(script.status, 0);
    auto const complete = [&](std::string const& words, int at) {
        return run({"bash", "-c",
                    script.out + "COMP_WORDS=(" + words + "); COMP_CWORD=" + std::to_string(at) +
                        "; _vethwork; echo \"${COMPREPLY[*]}\""})
            .out;
    };
    EXPECT_EQ(complete("vethwork sch", 1), "schema\n");
    EXPECT_EQ(complete("vethwork graph --d", 2), "--dot\n");
    EXPECT_EQ(complete("vethwork up --real", 2), "--real-host\n");
    EXPECT_EQ(vethwork({"completion", "tcsh"}).status, 2);
}

TEST(Completion, IsThereForOtherShells) {
    EXPECT_THAT(vethwork({"completion", "zsh"}).out,
                testing::AllOf(StartsWith("#compdef vethwork\n"), HasSubstr("bashcompinit"),
                               testing::EndsWith(vethwork({"completion", "bash"}).out)));
    auto const fish = vethwork({"completion", "fish"}).out;
    EXPECT_THAT(fish, HasSubstr("complete -c vethwork -n __fish_use_subcommand -a up -d 'brings a lab up"));
    EXPECT_THAT(fish, HasSubstr("complete -c vethwork -n '__fish_seen_subcommand_from up' -l dry-run\n"));
    EXPECT_EQ(vethwork({"completion", "csh"}).status, 2);
}

TEST(Doctor, TellsWhatCanBeMadeAndTheFixOfWhatCannot) {
    auto const outcome = vethwork({"doctor", "--json"});
    auto const data = json::parse(outcome.out);
    EXPECT_EQ(outcome.status, data["labs_can_run"].get<bool>() ? 0 : 3);
    bool veth = false, bridge = false;
    for (auto const& one : data["findings"]) {
        if (one["what"] == "veth") veth = one["ok"];
        if (one["what"] == "bridge") bridge = one["ok"];
        if (!one["ok"].get<bool>()) {
            EXPECT_NE(one["fix"], "") << one;
        }
    }
    if (!has_program("ip")) GTEST_SKIP() << "no ip to compare with";
    bool const witness = shell("unshare -n ip link add probe0 type veth peer name probe1").status == 0;
    EXPECT_EQ(veth, witness);
    EXPECT_EQ(bridge, shell("unshare -n ip link add probe2 type bridge").status == 0);
    EXPECT_THAT(vethwork({"doctor"}).out, HasSubstr("veth                 ok\n"));
    EXPECT_EQ(shell("ip -o link | grep -c probe").out, "0\n");
}

/// A lab of one node with this service in it; its file.
std::string service_lab(std::string const& name, std::string const& node) {
    std::string const file = "/run/" + name + ".vethwork.yaml";
    (void)run({"tee", file}, "vethwork: 1\nname: " + name + "\nnodes:\n  a:\n" + node);
    return file;
}

TEST(Service, HasFoldersOfItsNodesOwnWithFilesInThem) {
    look_for_no_leaks();
    for (std::string const footing : {"", "--rootless"}) {
        auto const file =
            service_lab("own",
                        "    private: [/run/thing, /var/run/other]\n"
                        "    files: { /run/thing/conf: \"hello\" }\n"
                        "    services:\n"
                        "      s: { run: \"cp /run/thing/conf /var/run/other/copy; exec sleep 99\",\n"
                        "           ready: { file: /run/other/copy } }\n"
                        "  b: { private: /run/thing }\n");
        std::vector<std::string> words{"up", "-f", file, "-q"};
        if (!footing.empty()) words.push_back(footing);
        auto const up = vethwork(words);
        ASSERT_EQ(up.status, 0) << up.err;
        auto const in = [&](std::string const& node, std::string const& line) {
            return shell(program + " exec -f " + file + " " + footing + " " + node + " -- sh -c '" + line +
                         "'")
                .out;
        };
        EXPECT_EQ(in("a", "cat /run/other/copy"), "hello");
        EXPECT_EQ(in("b", "ls /run/thing; ls -d /run/netns"), "/run/netns\n");
        EXPECT_EQ(shell("ls -d /run/thing /run/other 2>/dev/null").out, "") << "nobody else sees them";
        words[0] = "down";
        EXPECT_EQ(vethwork(words).status, 0);
        EXPECT_EQ(shell("find /run/vethwork -type f 2>/dev/null").out, "");
    }
}

TEST(Check, MissesPlacesOfFilesAndFolders) {
    auto const check = [](std::string const& node) {
        return vethwork({"check", service_lab("odd", "    " + node + "\n")});
    };
    EXPECT_EQ(check("files: { /etc/passwd: x, /run/deep/x: x }").status, 0);
    EXPECT_EQ(check("files: { /srv/x/y: x }\n    private: [/srv, /run/deep]").status, 0);
    auto const nowhere = check("files: { /etc/absent/x: x }");
    EXPECT_EQ(nowhere.status, 2);
    EXPECT_THAT(nowhere.err, HasSubstr("'/etc/absent/x' is not there, and so nothing can be put over it"));
    EXPECT_THAT(check("private: /absent").err, HasSubstr("make that folder, or name one below /run  [E223]"));
}

/// Control groups are the machine's to give: here there are none, since /sys is that of a test.
class Limits : public testing::TestWithParam<std::string> {};

TEST_P(Limits, HoldOrAreToldOf) {
    if (!GetParam().empty()) look_for_no_leaks();
    auto const file =
        service_lab("few",
                    "    limits: { files: 33, memory: 64MiB, pids: 20 }\n"
                    "    services: { s: { run: \"ulimit -n; exec sleep 99\", ready: { log: 33 } } }\n");
    auto const verb = [&](std::string const& words) {
        return shell(program + " " + words + " " + GetParam() + " -f " + file);
    };
    auto const in_node = [&](std::string const& words) {
        return shell(program + " exec " + GetParam() + " -f " + file + " a -- " + words).out;
    };
    auto const up = verb("up");
    EXPECT_EQ(up.status, 0) << up.err;
    EXPECT_EQ(in_node("sh -c 'ulimit -n'"), "33\n");
    auto const sentence = HasSubstr("no control group can be made here: limits of a: memory, pids");
    if (in_node("cat /proc/self/cgroup").find("few.a") == std::string::npos) {
        EXPECT_THAT(up.err, sentence);
        EXPECT_THAT(verb("status").out, sentence);
    }
    auto const groups =
        shell("cat /sys/fs/cgroup/cgroup.controllers /proc/self/mountinfo | grep -c 'pids'").out;
    if (groups == "0\n") {
        EXPECT_THAT(up.err, sentence);
    }
    EXPECT_EQ(verb("down -q").status, 0);
}

INSTANTIATE_TEST_SUITE_P(As, Limits, testing::Values("", "--rootless"),
                         [](auto const& test) { return test.param.empty() ? "Root" : "Rootless"; });

/// Where a user may make control groups, a lab of his own can, too.
TEST(ControlGroups, StayInSightOfALabWithoutRoot) {
    look_for_no_leaks();
    std::string const list = "find /sys/fs/cgroup -maxdepth 1 | sort";
    if (shell("mount -t tmpfs stand-in /sys/fs/cgroup && mkdir /sys/fs/cgroup/user").status != 0)
        GTEST_SKIP() << "nothing can be mounted at /sys/fs/cgroup";
    auto const file = service_lab("few", "    env: {}\n");
    EXPECT_EQ(vethwork({"up", "--rootless", "-q", file}).status, 0);
    auto const record = json::parse(shell("cat /run/vethwork/rootless/few/lab.json").out);
    auto const keeper = record["keeper"]["pid"].dump();
    auto const inside = shell("nsenter -m -U --preserve-credentials -t " + keeper + " sh -c '" + list + "'");
    EXPECT_EQ(inside.out, shell(list).out) << inside.err;
    EXPECT_EQ(vethwork({"down", "--rootless", "-q", file}).status, 0);
}

/// A namespace that is somebody else's: its devices are there, and it stays.
TEST(Netns, MayBeThatOfAPath) {
    (void)shell(program + " ip netns add there && " + program +
                " ip -n there link add own type veth peer name other");
    (void)shell(
        "printf 'vethwork: 1\nnodes:\n  a: { netns: /run/netns/there }\n  b: {}\n"
        "links: [{ link: [{ node: a, if: to-b }, b] }]\n' > /run/path.yaml");
    auto const script = vethwork({"up", "/run/path.yaml", "--dry-run"});
    EXPECT_THAT(script.out, HasSubstr("ip -n there link add name to-b")) << script.err;
    auto const up = vethwork({"up", "/run/path.yaml"});
    EXPECT_EQ(up.status, 0) << up.err;
    auto const both = testing::AllOf(HasSubstr("own@other"), HasSubstr("to-b@"));
    EXPECT_THAT(shell(program + " ip -n there -br link").out, both);
    EXPECT_THAT(vethwork({"exec", "-f", "/run/path.yaml", "a", "--", program, "ip", "-br", "link"}).out,
                both);
    EXPECT_EQ(vethwork({"plan", "/run/path.yaml"}).out, "0 steps.\n");
    EXPECT_EQ(vethwork({"down", "/run/path.yaml", "-q"}).status, 0);
    EXPECT_EQ(shell("ls /run/netns").out, "there\n");
    EXPECT_THAT(shell(program + " ip -n there -br link").out,
                testing::AllOf(HasSubstr("own@other"), testing::Not(HasSubstr("to-b"))));
    (void)shell(program + " ip netns del there");
}

TEST(Verbs, TakeOptionsThatStandBeforeThem) {
    auto const file = new_lab("star");
    auto const shown = vethwork({"show", "-f", file, "--json"}).out;
    EXPECT_THAT(shown, HasSubstr("\"lab\": \"star\""));
    EXPECT_EQ(vethwork({"-f", file, "--json", "show"}).out, shown);
    EXPECT_EQ(vethwork({"--file=" + file, "show", "-j"}).out, shown);
    EXPECT_EQ(vethwork({"-C", "/run/star", "-q", "check"}).status, 0);
    EXPECT_EQ(vethwork({"-f", file}).status, 2);
    EXPECT_EQ(vethwork({"-x", "show"}).status, 2);
    EXPECT_EQ(vethwork({"help", "show"}).out, vethwork({"show", "--help"}).out);
    EXPECT_EQ(vethwork({"help", "shwo"}).status, 2);
    EXPECT_EQ(vethwork({"version"}).out, vethwork({"--version"}).out);
}

TEST(Json, IsOneValueOfEachVerb) {
    auto const file = new_lab("star");
    for (std::string const verb : {"up", "status", "plan", "show", "check", "restart", "down"})
        EXPECT_TRUE(json::accept(vethwork({verb, "-f", file, "--json"}).out)) << verb;
    EXPECT_EQ(vethwork({"up", "-f", file, "-q"}).status, 0);
    EXPECT_EQ(vethwork({"run", "--json", file, "--", "true"}).out, "");
    auto const exec = vethwork({"exec", "-j", "-f", file, "pc*", "--", "sh", "-c", "echo hi; exit 3"});
    EXPECT_EQ(exec.status, 3);
    EXPECT_EQ(json::parse(exec.out)[1],
              json::parse(R"({"node": "pc2", "exit_status": 3, "output": "hi\n"})"));
    EXPECT_EQ(json::parse(vethwork({"exec", "-j", "-f", file, "pc1", "true"}).out).size(), 1u);
    EXPECT_EQ(json::parse(vethwork({"down", "--all", "--json"}).out)[0]["lab"], "star");
    EXPECT_EQ(vethwork({"down", "--all", "--json"}).out, "[]\n");
}

TEST(Logs, AreOfServicesAndNodesAndAreFollowed) {
    auto const file = service_lab(
        "logs",
        "    services:\n      s: { run: \"echo one; while [ ! -e /run/go ]; do sleep 0.02; done; echo two\", "
        "ready: { log: one } }\n      t: { run: \"echo three\" }\n  b: { services: { s: { run: \"echo four\" "
        "} } }\n");
    ASSERT_EQ(vethwork({"up", file, "-q"}).status, 0);
    EXPECT_EQ(vethwork({"logs", "-f", file, "a/s"}).out, "a/s | one\n");
    EXPECT_EQ(vethwork({"logs", "-f", file, "a/s", "--json"}).out,
              "{\"service\":\"a/s\",\"text\":\"one\"}\n");
    auto const followed = shell(
        program + " logs --follow -f " + file +
        " a > /run/followed & f=$!\n"
        "wait_for() { for i in $(seq 500); do grep -q \"$1\" /run/followed && break; sleep 0.02; done; }\n"
        "wait_for one; > /run/go; wait_for two; " +
        program + " down -q -f " + file + "; wait $f; echo $?; sort /run/followed; rm /run/go");
    EXPECT_EQ(followed.out, "0\na/s | one\na/s | two\na/t | three\n") << followed.err;
}

TEST(Run, LeavesWhatItFoundAndNothingElse) {
    auto const file = new_lab("two");
    EXPECT_EQ(vethwork({"run", file, "--", "sh", "-c", "exit 7"}).status, 7);
    EXPECT_EQ(vethwork({"ls"}).out, "");
    EXPECT_EQ(vethwork({"up", file, "-q"}).status, 0);
    EXPECT_EQ(vethwork({"run", file, "--", "true"}).status, 0);
    EXPECT_THAT(vethwork({"ls"}).out, HasSubstr("two"));
    EXPECT_EQ(vethwork({"down", file, "-q"}).status, 0);
    for (std::string const kill : {"kill -INT -$run", "kill -TERM $run"}) {
        auto const outcome = shell("setsid " + program + " run " + file +
                                   " -- sh -c 'echo > /run/began; exec sleep 60' & run=$!\n"
                                   "for i in $(seq 500); do [ -e /run/began ] && break; sleep 0.02; done\n" +
                                   kill + "; wait $run; echo $?; rm /run/began");
        EXPECT_EQ(outcome.out, kill.find("INT") != std::string::npos ? "130\n" : "143\n") << outcome.err;
        EXPECT_EQ(shell("ls /run/netns; ls /run/vethwork").out, "") << kill;
    }
}

TEST(Exec, EndsAsAShellDoes) {
    auto const file = new_lab("two");
    EXPECT_EQ(vethwork({"up", file, "-q"}).status, 0);
    auto const exec = [&](std::string const& word) {
        return vethwork({"exec", "-f", file, "a", "--", word});
    };
    EXPECT_EQ(exec("no-such-program").status, 127);
    EXPECT_EQ(exec("/etc/passwd").status, 126);
    EXPECT_EQ(vethwork({"down", file, "-q"}).status, 0);
}

TEST(Up, SaysWhatIsLeftOfALabThatWasUpBefore) {
    auto const file = service_lab("was", "    env: {}\n");
    EXPECT_EQ(vethwork({"up", file, "-q"}).status, 0);
    (void)service_lab("was", "    services: { s: { run: \"exit 3\", ready: { tcp: 8 } } }\n");
    (void)shell("sed -i 's/\"complete\": *true/\"complete\": false/' /run/vethwork/was/lab.json");  // killed
    auto const up = vethwork({"up", file});
    EXPECT_EQ(up.status, 6);
    EXPECT_THAT(up.err, HasSubstr("the lab stays up, and is not as its file says; `vethwork status -l was`"));
    auto const status = vethwork({"status", file});
    EXPECT_EQ(status.status, 1);
    EXPECT_THAT(status.out, testing::Not(HasSubstr("as its file says")));
    EXPECT_EQ(vethwork({"down", file, "-q"}).status, 0);
}

TEST(Up, TakesBackWhatItHasMadeWhenInterrupted) {
    auto const file =
        service_lab("slow", "    services: { s: { run: \"exec sleep 60\", ready: { tcp: 8 } } }\n");
    auto const outcome =
        shell("setsid " + program + " up " + file +
              " 2> /run/said & up=$!\n"
              "for i in $(seq 500); do grep -q network /run/said && break; sleep 0.02; done\n"
              "kill -INT $up; wait $up; echo $?; cat /run/said");
    EXPECT_THAT(outcome.out, testing::StartsWith("5\n"));
    EXPECT_THAT(outcome.out, HasSubstr("everything was taken back; nothing is left"));
    EXPECT_EQ(shell("ls /run/netns; ls /run/vethwork").out, "");
}

TEST(Service, IsReadyByHttpWithoutAnotherProgram) {
    std::string const server = program + " serve tcp :8080";
    auto const never =
        service_lab("never", "    services: { s: { run: \"exec " + server +
                                 "\", ready: { http: \"http://localhost:8080/\", within: 300ms } } }\n");
    auto const refused = vethwork({"up", "-f", never});
    EXPECT_EQ(refused.status, 5) << refused.err;
    EXPECT_THAT(refused.err, HasSubstr("not ready in time"));
    EXPECT_EQ(
        vethwork({"check", service_lab("no-url", "    services: { s: { run: x, ready: { http: web } } }\n")})
            .status,
        2);
    if (!has_program("python3")) GTEST_SKIP() << "no python3 to serve a page with";
    if (!std::filesystem::exists("/etc/hosts"))
        GTEST_SKIP() << "no /etc/hosts on this machine: nodes have no names for each other";
    auto const file = service_lab("page",
                                  "    services: { s: { argv: [python3, -m, http.server, \"8000\"], "
                                  "ready: { http: \"http://a:8000/\" } } }\n    lo: 10.1.1.1/32\n");
    auto const up = vethwork({"up", "-f", file});
    EXPECT_EQ(up.status, 0) << up.err;
    EXPECT_THAT(up.err, HasSubstr("✓ service     a/s ready"));
    EXPECT_EQ(vethwork({"down", "-f", file, "-q"}).status, 0);
}

TEST(Up, TellsWhatTheMachineLacksBeforeAnythingIsMade) {
    auto const file = new_lab("star");
    auto const limited = [&](std::string const& more) {
        return shell("ulimit -n 70; " + program + " up -f " + file + " " + more);
    };
    auto const told = limited("");
    EXPECT_EQ(told.status, 3) << told.err;
    EXPECT_THAT(told.err, HasSubstr("5 namespaces take 74 open files, and this process may have 70"));
    auto const data = json::parse(limited("--json").out);
    EXPECT_EQ(data["rolled_back"], true);
    EXPECT_THAT(data["hint"].get<std::string>(), HasSubstr("ulimit -Hn 74"));
    EXPECT_EQ(shell("ls /run/netns; ls /run/vethwork").out, "");
}

TEST(Up, TellsHowFarItIsWhereAskedTo) {
    auto const file = new_lab("star");
    auto const up = vethwork({"up", "-f", file, "--progress"});
    EXPECT_EQ(up.status, 0) << up.err;
    EXPECT_THAT(up.err, HasSubstr("    0 %  0 of "));
    EXPECT_EQ(vethwork({"down", "-f", file, "-q"}).status, 0);
}

}  // namespace
}  // namespace vethwork::test
