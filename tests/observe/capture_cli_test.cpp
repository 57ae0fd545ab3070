// `vethwork capture` on a pair of devices that the real ip makes, with the traffic of the real ping and nc.
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>

#include <fcntl.h>
#include <gmock/gmock.h>

#include <vethwork/base/fd.hpp>
#include <vethwork/base/text.hpp>
#include <vethwork/report/pcap_writer.hpp>

#include "support/packet_samples.hpp"
#include "support/vethwork.hpp"

namespace vethwork::test {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::MatchesRegex;
using testing::StartsWith;

/// veth0 (10.0.1.1) here, veth1 (10.0.1.2) in the namespace vnet.
void make_pair() {
    Outcome const made = shell(
        "ip netns add vnet && ip link add veth0 type veth peer name veth1 netns vnet && "
        "ip addr add 10.0.1.1/24 dev veth0 && ip link set veth0 up && ip link set lo up && "
        "ip -n vnet addr add 10.0.1.2/24 dev veth1 && ip -n vnet link set veth1 up");
    ASSERT_EQ(made.status, 0) << made.err;
}

void ping() { ASSERT_EQ(shell("ping -c 1 -W 5 10.0.1.2").status, 0); }

/// A capture that has begun to listen.
class Capture {
public:
    explicit Capture(std::vector<std::string> words) {
        int ends[2];
        if (::pipe2(ends, O_CLOEXEC) != 0) return;
        Fd const writer(ends[1]),
            out(::open("/run/capture.out", O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
        stderr_ = Fd(ends[0]);
        words.insert(words.begin(), {program, "capture"});
        std::vector<char*> arguments;
        for (auto& word : words) arguments.push_back(word.data());
        arguments.push_back(nullptr);
        pid_ = ::fork();
        if (pid_ == 0) {
            ::dup2(out.get(), 1);
            ::dup2(writer.get(), 2);
            ::execv(arguments[0], arguments.data());
            ::_exit(127);
        }
        while (err_.find('\n') == std::string::npos && read_more()) {
        }
    }
    ~Capture() {
        if (pid_ > 0) end(SIGKILL);
    }
    Capture(Capture const&) = delete;
    Capture& operator=(Capture const&) = delete;

    [[nodiscard]] std::string const& err() const { return err_; }
    [[nodiscard]] static std::string out() { return read_file("/run/capture.out").value(); }
    /// Waits until what it has printed holds `text`.
    [[nodiscard]] static bool wait_for(std::string const& text) {
        for (int i = 0; i < 1000; ++i) {
            if (out().find(text) != std::string::npos) return true;
            ::poll(nullptr, 0, 10);
        }
        return false;
    }
    /// Its exit status after a signal, or after it has ended by itself (signal 0).
    int end(int signal) {
        if (signal != 0) ::kill(pid_, signal);
        while (read_more()) {
        }
        int status = 0;
        ::waitpid(pid_, &status, 0);
        pid_ = -1;
        return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    }

private:
    bool read_more() {
        pollfd waiting{stderr_.get(), POLLIN, 0};
        if (::poll(&waiting, 1, 20'000) <= 0) return false;
        char buffer[512];
        ssize_t const got = ::read(stderr_.get(), buffer, sizeof(buffer));
        if (got > 0) err_.append(buffer, static_cast<std::size_t>(got));
        return got > 0;
    }
    pid_t pid_ = -1;
    Fd stderr_;
    std::string err_;
};

std::string const echo_lines =
    "[0-9:.]+ IP 10.0.1.1 > 10.0.1.2: ICMP echo request, id [0-9]+, seq 1, length 64\n"
    "[0-9:.]+ IP 10.0.1.2 > 10.0.1.1: ICMP echo reply, id [0-9]+, seq 1, length 64\n";

TEST(CaptureCliTest, WhatTcpdumpIsToldWorks) {
    make_pair();
    Capture capture({"-n", "-l", "-i", "veth0", "icmp"});
    EXPECT_EQ(capture.err(),
              "listening on veth0, link-type EN10MB (Ethernet), snapshot length 262144 bytes\n");
    ping();
    EXPECT_TRUE(Capture::wait_for("echo reply"));
    EXPECT_EQ(capture.end(SIGINT), 0);
    EXPECT_THAT(Capture::out(), MatchesRegex(echo_lines));
    EXPECT_THAT(
        capture.err(),
        HasSubstr("\n2 packets captured\n2 packets received by filter\n0 packets dropped by kernel\n"));
}

TEST(CaptureCliTest, EndsAfterACount) {
    make_pair();
    Capture capture({"-i", "veth0", "-c", "1", "-t", "icmp"});
    ping();
    EXPECT_EQ(capture.end(0), 0);
    EXPECT_THAT(Capture::out(),
                MatchesRegex("IP 10.0.1.1 > 10.0.1.2: ICMP echo request, id [0-9]+, seq 1, length 64\n"));
    EXPECT_THAT(capture.err(), HasSubstr("\n1 packet captured\n"));
}

TEST(CaptureCliTest, EveryDeviceOfANamespace) {
    make_pair();
    for (std::string const netns : {"-n", "--netns"}) {
        Capture capture({netns, "vnet", "-i", "any", "-c", "2", "icmp"});
        EXPECT_THAT(capture.err(), HasSubstr("link-type LINUX_SLL2 (Linux cooked v2)"));
        ping();
        EXPECT_EQ(capture.end(0), 0);
        EXPECT_THAT(Capture::out(), AllOf(HasSubstr(" veth1 In  IP 10.0.1.1 > 10.0.1.2: ICMP echo request"),
                                          HasSubstr(" veth1 Out IP 10.0.1.2 > 10.0.1.1: ICMP echo reply")));
    }
}

TEST(CaptureCliTest, LoopbackShowsAPacketOnce) {
    make_pair();
    Capture capture({"-i", "lo", "-t", "icmp"});
    ASSERT_EQ(shell("ping -c 1 127.0.0.1").status, 0);
    EXPECT_TRUE(Capture::wait_for("echo reply"));
    EXPECT_EQ(capture.end(SIGTERM), 0);
    EXPECT_EQ(split(Capture::out(), '\n').size(), 3u) << Capture::out();
}

TEST(CaptureCliTest, FilesThatTcpdumpAndWeRead) {
    make_pair();
    for (std::string const name : {"/run/x.pcap", "/run/x.pcapng"}) {
        Capture capture({"-i", "veth0", "-w", name, "-c", "2", "icmp"});
        ping();
        EXPECT_EQ(capture.end(0), 0);
        Outcome const ours = vethwork({"capture", "-r", name, "icmp"});
        EXPECT_EQ(ours.err, "reading from file " + name +
                                ", link-type EN10MB (Ethernet), snapshot length 262144 bytes\n");
        EXPECT_THAT(ours.out, MatchesRegex(echo_lines));
        if (!has_program("tcpdump")) GTEST_SKIP() << "no tcpdump here";
        EXPECT_EQ(run({"unshare", "--user", "tcpdump", "-n", "-r", name}).out, ours.out);
    }
}

TEST(CaptureCliTest, Json) {
    make_pair();
    Capture capture({"-i", "veth0", "--json", "-c", "1", "icmp"});
    ping();
    EXPECT_EQ(capture.end(0), 0);
    EXPECT_THAT(Capture::out(), AllOf(StartsWith(R"({"time":")"), HasSubstr(R"("interface":"veth0")"),
                                      HasSubstr(R"({"layer":"icmp","type":8,)")));
}

TEST(CaptureCliTest, SnapshotLength) {
    make_pair();
    Capture capture({"-i", "veth0", "-s", "36", "-t", "-c", "1", "icmp"});
    ping();
    EXPECT_EQ(capture.end(0), 0);
    EXPECT_EQ(Capture::out(), "IP 10.0.1.1 > 10.0.1.2:  [|icmp]\n");
}

/// A flood that the filter does not match must not get in before the filter is attached.
TEST(CaptureCliTest, NoPacketGetsPastTheFilter) {
    make_pair();
    std::vector<std::string> const flood{"sh", "-c",
                                         "ping -q -f -c 2000 10.0.1.2 >/dev/null & " + program +
                                             " capture -i veth0 -c 1 arp >/run/arp.out 2>/run/arp.err & "
                                             "while ! grep -q listening /run/arp.err; do :; done; wait %1; "
                                             "ip neigh flush dev veth0; ping -c 1 10.0.1.2 >/dev/null; wait"};
    ASSERT_EQ(run(flood).status, 0);
    EXPECT_THAT(read_file("/run/arp.out").value(), HasSubstr("ARP, Request who-has"));
}

TEST(CaptureCliTest, StandardInputAndOutput) {
    std::vector<std::uint8_t> file = report::pcap_header(report::PcapFormat::pcap, {});
    for (Sample const& sample : packet_samples()) {
        if (sample.link != LinkType::ethernet) continue;
        auto const record = report::pcap_record(report::PcapFormat::pcap, frame_of(sample));
        file.insert(file.end(), record.begin(), record.end());
    }
    Outcome const copied = vethwork({"capture", "-r", "-", "-w", "-"}, as_text(file));
    EXPECT_EQ(copied.status, 0) << copied.err;
    EXPECT_TRUE(copied.out == as_text(file));
    Outcome const counted = vethwork({"capture", "-r", "-", "-t", "-c", "1", "tcp"}, as_text(file));
    EXPECT_THAT(counted.out, StartsWith("IP 10.0.0.1.40000 > 10.0.0.2.5000: Flags [S], seq 1000"));
}

void expect_refusal(std::vector<std::string> words, int status, std::string const& message) {
    words.insert(words.begin(), "capture");
    Outcome const outcome = vethwork(std::move(words));
    EXPECT_EQ(outcome.status, status);
    EXPECT_EQ(outcome.out, "");
    EXPECT_THAT(outcome.err, HasSubstr(message));
}

TEST(CaptureCliTest, Refusals) {
    make_pair();
    expect_refusal(
        {"-i", "nope"}, 1,
        "vethwork capture: no device \"nope\" in this network namespace; `-D` lists the devices\n");
    ASSERT_EQ(shell("ip link set veth0 down").status, 0);
    expect_refusal({"-i", "veth0"}, 1, "capture on veth0: Network is down; `ip link set veth0 up`\n");
    expect_refusal({"--netns", "nope"}, 1,
                   "Cannot open network namespace \"nope\": No such file or directory\n");
    expect_refusal({"-i", "lo", "icmp", "and", "("}, 2, "filter expression \"icmp and (\": ");
    expect_refusal({"-c", "0"}, 2, "`vethwork capture --help` lists the options\n");
    expect_refusal({"-r", "/nope"}, 1, "No such file or directory\n");
    ASSERT_TRUE(write_file("/run/junk", "this is no capture"));
    expect_refusal({"-r", "/run/junk"}, 1,
                   "0x74686973 is no magic number of a capture file (pcap or pcapng)\n");
}

TEST(CaptureCliTest, WithoutTheCapabilityItSaysHowToGetIt) {
    // In a user namespace of its own the program has no power over this network namespace.
    Outcome const outcome = run({"unshare", "--user", program, "capture", "-i", "lo"});
    EXPECT_EQ(outcome.status, 1);
    EXPECT_EQ(
        outcome.err,
        "vethwork capture: capture on lo: Operation not permitted; capturing needs CAP_NET_RAW: be root, or "
        "work inside `unshare -Urn`\n");
}

TEST(CaptureCliTest, ListOfDevices) {
    make_pair();
    Outcome const outcome = vethwork({"capture", "-D"});
    EXPECT_EQ(outcome.out,
              "1.lo [Up, Running, Loopback]\n2.veth0 [Up, Running]\n3.any (every device) [Up, Running]\n");
}

TEST(CaptureCliTest, HelpNamesEveryOption) {
    Outcome const outcome = vethwork({"capture", "--help"});
    EXPECT_EQ(outcome.status, 0);
    for (std::string const option :
         {"-i,", "--netns", "-n ", "-w ", "-r ", "-c ", "-s ",    "-e ",      "-v ", "-q ",
          "-x ", "-X ",     "-t ", "-l ", "-U ", "-p ", "--json", "--pcapng", "-D,", "EXPRESSION"})
        EXPECT_THAT(outcome.out, HasSubstr(option));
}

}  // namespace
}  // namespace vethwork::test
