#include <fcntl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vethwork/netlink/connection.hpp>
#include <vethwork/netns/create.hpp>
#include <vethwork/netns/execute.hpp>
#include <vethwork/netns/name.hpp>
#include <vethwork/netns/processes.hpp>
#include <vethwork/netns/watch.hpp>
#include <vethwork/observe/links.hpp>
#include <vethwork/observe/namespace_ids.hpp>

#include "support/command.hpp"

namespace vethwork::netns {
namespace {

using test::run;
using test::shell;
using testing::ElementsAre;
using testing::UnorderedElementsAre;

ino_t inode(std::string const& path) {
    struct stat facts {};
    return ::stat(path.c_str(), &facts) == 0 ? facts.st_ino : 0;
}

int mounts_at(std::string const& path) {
    auto const table = read_file("/proc/self/mountinfo").value();
    int count = 0;
    for (std::size_t at = 0; (at = table.find(" " + path + " ", at)) != std::string::npos; ++at) ++count;
    return count;
}

TEST(Create, MakesANamespaceThatIsNotOurs) {
    auto const here = inode("/proc/self/ns/net");
    ASSERT_TRUE(create("a").ok());
    EXPECT_EQ(inode("/proc/self/ns/net"), here);
    EXPECT_NE(inode("/run/netns/a"), here);
    ASSERT_TRUE(enter(open_named("a").value()).ok());
    auto connection = netlink::Connection::open().value();
    EXPECT_EQ(observe::links(connection, {}).value().links.size(), 1u);
}

TEST(Create, RefusesANameThatIsTaken) {
    ASSERT_TRUE(create("a").ok());
    auto const again = create("a");
    ASSERT_FALSE(again.ok());
    EXPECT_EQ(again.error().describe(), "Cannot create namespace file \"/run/netns/a\": File exists");
    EXPECT_EQ(again.error().fault, Fault::lookup);
}

TEST(Create, MountsTheFolderOnceHoweverOftenItIsCalled) {
    int const hidden = mounts_at("/run/netns");  // of the machine, under this test's own /run
    for (auto const* const name : {"a", "b", "c"}) ASSERT_TRUE(create(name).ok());
    EXPECT_EQ(mounts_at("/run/netns"), hidden + 1);
    EXPECT_EQ(mounts_at("/run/netns/a"), 1);
}

TEST(Create, LetsOneOfManyHaveTheName) {
    constexpr int racers = 12;
    int const hidden = mounts_at("/run/netns");
    for (int i = 0; i < racers; ++i)
        if (::fork() == 0) ::_exit(create("race").ok() ? 0 : 1);
    int winners = 0;
    for (int i = 0; i < racers; ++i) {
        int status = 0;
        ASSERT_GT(::wait(&status), 0);
        if (WIFEXITED(status) && WEXITSTATUS(status) == 0) ++winners;
    }
    EXPECT_EQ(winners, 1);
    EXPECT_EQ(mounts_at("/run/netns"), hidden + 1);
    EXPECT_TRUE(open_named("race").ok());
}

TEST(Create, MakesManyAtOnceWithoutStackingMounts) {
    constexpr int racers = 12;
    int const hidden = mounts_at("/run/netns");
    for (int i = 0; i < racers; ++i)
        if (::fork() == 0) ::_exit(create("n" + std::to_string(i)).ok() ? 0 : 1);
    for (int i = 0; i < racers; ++i) {
        int status = -1;
        ASSERT_GT(::wait(&status), 0);
        EXPECT_EQ(status, 0);
    }
    EXPECT_EQ(list().value().size(), static_cast<std::size_t>(racers));
    EXPECT_EQ(mounts_at("/run/netns"), hidden + 1);
}

TEST(Create, IsSeenAndRemovedByIp) {
    if (!test::has_program("ip")) GTEST_SKIP() << "iproute2's ip is not installed";
    ASSERT_TRUE(create("ours").ok());
    EXPECT_EQ(run({"ip", "netns"}).out, "ours\n");
    EXPECT_EQ(run({"ip", "netns", "add", "theirs"}).status, 0);
    EXPECT_THAT(list().value(), UnorderedElementsAre("ours", "theirs"));
    EXPECT_EQ(run({"ip", "netns", "del", "ours"}).status, 0);
    ASSERT_TRUE(remove("theirs").ok());
    EXPECT_THAT(list().value(), ElementsAre());
    EXPECT_EQ(run({"ip", "netns"}).out, "");
}

TEST(Remove, SaysWhatIsNotThere) {
    auto const gone = remove("nosuch");
    ASSERT_FALSE(gone.ok());
    EXPECT_EQ(gone.error().describe(),
              "Cannot remove namespace file \"/run/netns/nosuch\": No such file or directory");
}

TEST(Attach, NamesTheNamespaceOfAProcess) {
    ASSERT_TRUE(attach("here", ::getpid()).ok());
    EXPECT_EQ(inode("/run/netns/here"), inode("/proc/self/ns/net"));
    EXPECT_THAT(names_of_process("self").value(), ElementsAre("here"));
    EXPECT_THAT(processes_in("here").value(), testing::Contains(::getpid()));
}

TEST(Attach, LeavesNothingBehindWhenThereIsNoSuchProcess) {
    auto const refused = attach("x", 999999999);
    ASSERT_FALSE(refused.ok());
    EXPECT_EQ(refused.error().describe(),
              "Bind /proc/999999999/ns/net -> /run/netns/x failed: No such file or directory");
    EXPECT_FALSE(std::filesystem::exists("/run/netns/x"));
}

TEST(Names, AreFileNames) {
    EXPECT_TRUE(is_valid_name("x@y z"));
    EXPECT_TRUE(is_valid_name(std::string(255, 'x')));
    for (auto const& name :
         {std::string(), std::string("."), std::string(".."), std::string("a/b"), std::string(256, 'x')})
        EXPECT_FALSE(is_valid_name(name)) << name;
}

TEST(Execute, SeesTheSysAndTheEtcOfTheNamespace) {
    ASSERT_TRUE(create("a").ok());
    ASSERT_EQ(::mount("tmpfs", "/etc", "tmpfs", 0, nullptr), 0);
    std::filesystem::create_directories("/etc/netns/a");
    ASSERT_TRUE(write_file("/etc/resolv.conf", "outside").ok());
    ASSERT_TRUE(write_file("/etc/netns/a/resolv.conf", "inside").ok());
    ASSERT_TRUE(write_file("/etc/netns/a/absent", "").ok());
    std::string const script =
        "test $(ls /sys/class/net) = lo && test $(cat /etc/resolv.conf) = inside && "
        "test $(stat -Lc %i /proc/self/ns/net) = " +
        std::to_string(inode("/run/netns/a")) + " && exit 42";
    auto const status = run_in("a", std::vector<std::string>{"sh", "-c", script}, [](Error const& error) {
        auto const said = write_file("/run/complaint", error.describe());
        (void)said.ok();
    });
    EXPECT_EQ(status.value(), 42);
    EXPECT_EQ(read_file("/run/complaint").value(),
              "Bind /etc/netns/a/absent -> /etc/absent failed: No such file or directory");
    EXPECT_EQ(read_file("/etc/resolv.conf").value(), "outside");
}

TEST(Execute, KeepsItsMountsToItself) {
    ASSERT_TRUE(create("a").ok());
    auto const before = read_file("/proc/self/mountinfo").value();
    auto const ended = run_in("a", std::vector<std::string>{"true"}, [](Error const&) { ::_exit(9); });
    EXPECT_EQ(ended.value(), 0);
    EXPECT_EQ(read_file("/proc/self/mountinfo").value(), before);
}

TEST(Execute, SaysWhichProgramIsMissing) {
    EXPECT_EQ(become(std::vector<std::string>{"nosuch-program"}).describe(),
              "exec of \"nosuch-program\" failed: No such file or directory");
}

TEST(Watch, TellsWhatComesAndGoes) {
    auto watch = NameWatch::open().value();
    ASSERT_TRUE(create("a").ok());
    ASSERT_TRUE(remove("a").ok());
    std::vector<std::string> events;
    while (events.size() < 2)
        ASSERT_TRUE(watch
                        .wait([&events](NameEvent event, std::string_view name) {
                            events.push_back((event == NameEvent::added ? "+" : "-") + std::string(name));
                        })
                        .ok());
    EXPECT_THAT(events, ElementsAre("+a", "-a"));
}

TEST(NamespaceIds, AreThoseThatIpGives) {
    if (!test::has_program("ip")) GTEST_SKIP() << "iproute2's ip is not installed";
    ASSERT_EQ(shell("ip netns add a; ip netns add b; ip netns add c; ip netns set a 7").status, 0);
    auto connection = netlink::Connection::open().value();
    auto const named = observe::named_namespaces(connection).value();
    EXPECT_THAT(named, UnorderedElementsAre(topology::NamedNamespace{"a", 7},
                                            topology::NamedNamespace{"b", std::nullopt},
                                            topology::NamedNamespace{"c", std::nullopt}));
    EXPECT_THAT(observe::namespace_ids(connection, {}).value(),
                ElementsAre(topology::NamespaceId{.nsid = 7}));
    observe::NamespaceNames names(connection);
    EXPECT_EQ(names.name(7), "a");
    EXPECT_EQ(names.name(8), "");
}

TEST(NamespaceIds, AreAskedForInWindows) {
    constexpr int many = 300;
    for (int i = 0; i < many; ++i) ASSERT_TRUE(attach("n" + std::to_string(i), ::getpid()).ok());
    auto connection = netlink::Connection::open().value();
    EXPECT_EQ(observe::named_namespaces(connection).value().size(), static_cast<std::size_t>(many));
}

TEST(NamespaceIds, TellsWhatTheKernelSaysOfAWrongTarget) {
    auto connection = netlink::Connection::open().value();
    auto const ids = observe::namespace_ids(connection, 77);
    ASSERT_FALSE(ids.ok());
    EXPECT_EQ(ids.error().code, EINVAL);
    EXPECT_EQ(ids.error().kernel_text, "Invalid target network namespace id");
}

}  // namespace
}  // namespace vethwork::netns
