#include <vethwork/lab/supervisor.hpp>

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace vethwork::lab {
namespace {

using namespace std::chrono_literals;

class SupervisorTest : public testing::Test {
protected:
    SupervisorTest() {
        char pattern[] = "/tmp/vethwork-test-XXXXXX";
        folder_ = ::mkdtemp(pattern);
        loop_.on_signal(SIGCHLD, [this] { reap(); }).value();
    }
    ~SupervisorTest() override { std::filesystem::remove_all(folder_); }

    Service service(std::string const& name, std::string const& script) const {
        return {.node = "web",
                .name = name,
                .argv = {"/bin/sh", "-c", script},
                .log = folder_ + "/" + name + ".log"};
    }
    void supervise(std::vector<Service> services) {
        supervisor_.emplace(loop_, std::move(services), [this](ServiceStatus const& status) {
            story_.push_back(status.service + " " + std::string(name_of(status.state)));
        });
        supervisor_->start_all();
    }
    void reap() {
        int status = 0;
        while (pid_t const pid = ::waitpid(-1, &status, WNOHANG)) {
            if (pid < 0) return;
            supervisor_->child_ended(pid, status);
        }
    }
    /// Turns the loop until `happened`, at most some seconds.
    bool until(std::function<bool()> const& happened) {
        Time const end = std::chrono::steady_clock::now() + 5s;
        while (!happened() && std::chrono::steady_clock::now() < end) loop_.turn(100ms).value();
        return happened();
    }
    bool told(std::string const& line) const { return std::ranges::find(story_, line) != story_.end(); }
    void stop() {
        bool stopped = false;
        supervisor_->stop_all([&stopped] { stopped = true; });
        EXPECT_TRUE(until([&stopped] { return stopped; }));
    }

    EventLoop loop_ = EventLoop::create().value();
    std::string folder_;
    std::optional<Supervisor> supervisor_;
    std::vector<std::string> story_;
};

TEST_F(SupervisorTest, StartsInOrderAndStopsInTheOppositeOrder) {
    auto first = service("first", "echo here I am; exec sleep 60");
    first.ready_by = ReadyBy::log;
    first.ready_what = "here I am";
    auto second = service("second", "exec sleep 60");
    second.after = {"first"};
    supervise({second, first});
    ASSERT_TRUE(until([this] { return told("web/second ready"); }));
    stop();
    EXPECT_THAT(story_, testing::ElementsAre("web/first starting", "web/first ready", "web/second starting",
                                             "web/second ready", "web/second stopping", "web/second stopped",
                                             "web/first stopping", "web/first stopped"));
}

TEST_F(SupervisorTest, SaysWhichIsNotReadyInTimeAndWhichFails) {
    auto slow = service("slow", "exec sleep 60");
    slow.ready_by = ReadyBy::file;
    slow.ready_what = "/nowhere/at/all";
    slow.ready_within = 50ms;
    supervise({slow, service("broken", "exit 3")});
    ASSERT_TRUE(until([this] { return told("web/slow failed") && told("web/broken failed"); }));
    EXPECT_EQ(supervisor_->status()[0].text, "not ready in time");
    EXPECT_EQ(supervisor_->status()[1].text, "ended with status 3");
    stop();
}

TEST_F(SupervisorTest, WhatWaitsForAFailedOneFailsWithIt) {
    auto first = service("first", "exit 3");
    first.ready_by = ReadyBy::file;
    first.ready_what = "/nowhere/at/all";
    auto second = service("second", "exec sleep 60");
    second.after = {"first"};
    supervise({first, second});
    ASSERT_TRUE(until([this] { return told("web/second failed"); }));
    EXPECT_TRUE(supervisor_->is_settled());
    EXPECT_EQ(supervisor_->status()[1].text, "waits for web/first in vain");
    stop();
}

TEST_F(SupervisorTest, RestartsWhatMustRun) {
    auto again = service("again", "echo x >> " + folder_ + "/count; test $(wc -l < " + folder_ +
                                      "/count) -ge 3 && exec sleep 60; exit 1");
    again.restart = Restart::on_failure;
    supervise({again});
    ASSERT_TRUE(until([this] { return supervisor_->status()[0].restarts == 2; }));
    stop();
}

TEST_F(SupervisorTest, LeavesAloneWhatStaysTheSame) {
    auto const runs = [this](std::string const& name) { return service(name, "exec sleep 60"); };
    auto changed = runs("changed");
    auto waiting = runs("waiting");
    waiting.after = {"new"};
    supervise({runs("same"), changed, runs("gone"), service("over", "exit 0")});
    ASSERT_TRUE(until([this] { return told("web/over ended"); }));
    auto const before = supervisor_->status();
    story_.clear();
    changed.env["A"] = "1";
    bool done = false;
    supervisor_->change_to({waiting, runs("same"), changed, runs("new"), service("over", "exit 0")},
                           [&done] { done = true; });
    EXPECT_FALSE(supervisor_->is_settled()) << "some are to stop";
    ASSERT_TRUE(until([this] { return told("web/waiting ready"); }));
    EXPECT_TRUE(done);
    auto const after = supervisor_->status();
    ASSERT_EQ(after.size(), 5u);
    EXPECT_EQ(after[1], before[0]);
    EXPECT_NE(after[2].pid, before[1].pid);
    EXPECT_THAT(story_, testing::IsSupersetOf({"web/gone stopped", "web/changed stopped", "web/changed ready",
                                               "web/new ready"}));
    EXPECT_FALSE(told("web/same stopping"));
    EXPECT_FALSE(told("web/over starting")) << "it has done its work";
    stop();
    EXPECT_TRUE(told("web/same stopped"));
}

TEST_F(SupervisorTest, KillsWhatDoesNotStop) {
    auto stubborn = service("stubborn", "trap '' TERM; echo up; while :; do sleep 1; done");
    stubborn.ready_by = ReadyBy::log;
    stubborn.ready_what = "up";
    stubborn.stop_within = 100ms;
    supervise({stubborn});
    ASSERT_TRUE(until([this] { return told("web/stubborn ready"); }));
    stop();
    EXPECT_EQ(supervisor_->status()[0].exit_status, 128 + SIGKILL);
}

TEST_F(SupervisorTest, KnowsAListeningPort) {
    auto server = service("server", "");
    server.argv = {VETHWORK_PROGRAM, "serve", "tcp", "127.0.0.1:4078"};
    server.ready_by = ReadyBy::tcp;
    server.ready_what = "4078";
    supervise({server});
    EXPECT_TRUE(until([this] { return told("web/server ready"); }));
    stop();
}

}  // namespace
}  // namespace vethwork::lab
