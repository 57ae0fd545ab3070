// Needs root of the machine: bpf(2) is not for root of a user namespace. All packets stay in namespaces made
// here.
#include <vethwork/observe/drops.hpp>

#include <fcntl.h>
#include <net/if.h>
#include <netinet/in.h>
#include <poll.h>
#include <sched.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <chrono>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vethwork/base/ip.hpp>
#include <vethwork/netns/name.hpp>
#include <vethwork/observe/kernel_symbols.hpp>

#include "support/command.hpp"

namespace vethwork::observe {
namespace {

using test::shell;
using testing::Contains;
using testing::Field;

std::uint32_t inode(Fd const& netns) {
    struct stat facts {};
    return ::fstat(netns.get(), &facts) == 0 ? static_cast<std::uint32_t>(facts.st_ino) : 0;
}

Fd present_namespace() { return open_file("/proc/thread-self/ns/net", O_RDONLY).value(); }

/// A new namespace, with `lo` up; this process moves there.
Fd enter_new_namespace() {
    EXPECT_EQ(::unshare(CLONE_NEWNET), 0);
    EXPECT_EQ(shell("ip link set lo up").status, 0);
    return present_namespace();
}

void send_udp(std::string_view address, std::uint16_t port, int count = 1) {
    Fd const socket(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(port);
    auto const parsed = IpAddress::parse(address).value();
    auto const octets = parsed.bytes();
    std::memcpy(&to.sin_addr, octets.data(), sizeof to.sin_addr);
    for (int i = 0; i < count; ++i)
        (void)::sendto(socket.get(), "magic", 5, 0, reinterpret_cast<sockaddr*>(&to), sizeof to);
}

class Drops : public testing::Test {
protected:
    void SetUp() override {
        auto probe = create_bpf_map({BPF_MAP_TYPE_HASH, 4, 8, 1});
        if (!probe) GTEST_SKIP() << "no BPF here: " << probe.error().describe();
        a_ = enter_new_namespace();
    }
    void TearDown() override {
        if (start_.is_open()) {
            EXPECT_TRUE(netns::enter(start_).ok());
        }
    }

    std::vector<Drop> wait_for(DropWatch& watch, std::size_t count) {
        std::vector<Drop> all;
        auto const deadline = std::chrono::steady_clock::now() + std::chrono::seconds(5);
        while (all.size() < count && std::chrono::steady_clock::now() < deadline) {
            pollfd ready{watch.fd(), POLLIN, 0};
            ::poll(&ready, 1, 100);
            for (auto& drop : watch.read()) all.push_back(std::move(drop));
        }
        return all;
    }

    Fd start_ = present_namespace();
    Fd a_;
};

TEST_F(Drops, TellWhereAndWhyWithTheFirstBytes) {
    auto watch = DropWatch::attach(std::vector{inode(a_)}).value();
    send_udp("127.0.0.1", 9);
    auto const drops = wait_for(watch, 1);
    ASSERT_EQ(drops.size(), 1u);
    auto const& drop = drops[0];
    EXPECT_EQ(drop.netns, inode(a_));
    EXPECT_EQ(drop.protocol, 0x0800);
    ASSERT_EQ(drop.bytes.size(), 33u);
    EXPECT_EQ(as_text(Bytes(drop.bytes).subspan(28)), "magic");
    timespec now{};
    ::clock_gettime(CLOCK_MONOTONIC, &now);
    auto const ns =
        static_cast<std::uint64_t>(now.tv_sec) * 1'000'000'000u + static_cast<std::uint64_t>(now.tv_nsec);
    EXPECT_LE(drop.time, ns);
    EXPECT_GT(drop.time + 10'000'000'000u, ns);
    if (drop.reason) {
        EXPECT_EQ(drop.reason_name, "NO_SOCKET");
    }
    auto const names = kernel_functions(std::vector{drop.location}).value();
    EXPECT_EQ(names.at(drop.location), "__udp4_lib_rcv");
    EXPECT_EQ(watch.lost(), 0u);
}

TEST_F(Drops, OfOtherNamespacesAreNotTold) {
    auto const b = enter_new_namespace();
    auto watch = DropWatch::attach(std::vector{inode(a_)}).value();
    send_udp("127.0.0.1", 9);
    EXPECT_THAT(watch.read(), testing::IsEmpty());
    EXPECT_TRUE(watch.watch(inode(b)).ok());
    send_udp("127.0.0.1", 9);
    EXPECT_THAT(wait_for(watch, 1), testing::ElementsAre(Field(&Drop::netns, inode(b))));
    EXPECT_TRUE(watch.ignore(inode(b)).ok());
    send_udp("127.0.0.1", 9);
    EXPECT_THAT(watch.read(), testing::IsEmpty());
}

/// A packet that another namespace sent belongs to the one in which it is dropped.
TEST_F(Drops, BelongToTheNamespaceInWhichTheyHappen) {
    auto const b = enter_new_namespace();
    auto const path = "/proc/" + std::to_string(::getpid()) + "/fd/" + std::to_string(a_.get());
    ASSERT_EQ(shell("ip link add vb type veth peer name va && ip addr add 10.0.0.2/24 dev vb && "
                    "ip link set vb up && ip link set va netns " +
                    path)
                  .status,
              0);
    ASSERT_TRUE(netns::enter(a_).ok());
    ASSERT_EQ(shell("ip addr add 10.0.0.1/24 dev va && ip link set va up && "
                    "ip route add 10.9.0.0/16 via 10.0.0.2 && ip neigh replace 10.0.0.2 dev va nud permanent "
                    "lladdr 02:00:00:00:00:99")
                  .status,
              0);
    auto watch = DropWatch::attach(std::vector{inode(a_), inode(b)}).value();
    send_udp("10.9.0.1", 9);
    std::vector<Drop> drops;
    for (auto& drop : wait_for(watch, 1))
        if (drop.bytes.size() == 33) drops.push_back(std::move(drop));
    ASSERT_EQ(drops.size(), 1u);
    EXPECT_EQ(drops[0].netns, inode(b));
    EXPECT_EQ(drops[0].device, "vb");
    EXPECT_EQ(drops[0].came_from, drops[0].link);
    if (drops[0].reason) {
        EXPECT_EQ(drops[0].reason_name, "OTHERHOST");
    }
}

/// A packet that never got a device: only its socket and its route tell of the namespace.
TEST_F(Drops, OfPacketsThatDidNotGetOutAreTold) {
    if (!test::has_program("nft")) GTEST_SKIP() << "no nft(8) here";
    auto const made = shell(
        "nft 'add table inet t; add chain inet t o { type filter hook output priority 0; }; "
        "add rule inet t o udp dport 9 drop'");
    if (made.status != 0) GTEST_SKIP() << "no nftables here: " << made.err;
    auto watch = DropWatch::attach(std::vector{inode(a_)}).value();
    send_udp("127.0.0.1", 9);
    auto const drops = wait_for(watch, 1);
    ASSERT_EQ(drops.size(), 1u);
    EXPECT_EQ(drops[0].netns, inode(a_));
    if (drops[0].reason) {
        EXPECT_EQ(drops[0].reason_name, "NETFILTER_DROP");
    }
}

TEST_F(Drops, ThatFindTheRingFullAreCounted) {
    constexpr int sent = 100;
    auto watch = DropWatch::attach(std::vector{inode(a_)}, 4096).value();
    send_udp("127.0.0.1", 9, sent);
    auto const drops = watch.read();
    EXPECT_LT(drops.size(), sent);
    EXPECT_GT(drops.size(), 10u);
    EXPECT_EQ(drops.size() + watch.lost(), sent);
}

TEST_F(Drops, AreWatchedSoon) {
    auto best = std::chrono::steady_clock::duration::max();
    for (int i = 0; i < 5; ++i) {
        auto const begin = std::chrono::steady_clock::now();
        auto const watch = DropWatch::attach(std::vector{inode(a_)});
        best = std::min(best, std::chrono::steady_clock::now() - begin);
        ASSERT_TRUE(watch.ok());
    }
    auto const us = std::chrono::duration_cast<std::chrono::microseconds>(best).count();
    RecordProperty("attach_us", static_cast<int>(us));
    EXPECT_LT(us, 2'000'000);  // an emulated machine under a sanitizer needs most of it
}

}  // namespace
}  // namespace vethwork::observe
