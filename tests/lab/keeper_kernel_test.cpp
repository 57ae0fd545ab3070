#include <vethwork/lab/keeper.hpp>
#include <vethwork/lab/space.hpp>

#include <unistd.h>

#include <filesystem>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace vethwork::lab {
namespace {

class KeeperTest : public testing::Test {
protected:
    KeeperTest() {
        char pattern[] = "/tmp/vethwork-test-XXXXXX";
        folder_ = ::mkdtemp(pattern);
        socket_ = folder_ + "/keeper.sock";
    }
    ~KeeperTest() override {
        (void)end_space(keeper_);
        std::filesystem::remove_all(folder_);
    }
    void start_keeper(bool with_space) {
        Fd const listener = listen_for_commands(socket_).value();
        int const keep_open[] = {listener.get()};
        auto const life = [number = listener.get()] { return keep(number); };
        keeper_ = (with_space ? start_space(life, keep_open) : start_daemon(life, keep_open)).value();
    }
    Service sleeper(std::string const& name) const {
        return {.node = "web", .name = name, .argv = {"sleep", "60"}, .log = folder_ + "/log"};
    }

    std::string folder_, socket_;
    ProcessId keeper_;
};

TEST_F(KeeperTest, StartsTellsAndStopsServices) {
    for (bool const with_space : {false, true}) {
        start_keeper(with_space);
        std::vector<std::string> told;
        auto const started = start_services(socket_, {sleeper("one")}, [&told](ServiceStatus const& status) {
            told.push_back(std::string(name_of(status.state)));
        });
        ASSERT_TRUE(started) << started.error().describe();
        EXPECT_THAT(told, testing::ElementsAre("starting", "ready"));
        EXPECT_EQ(service_status(socket_).value()[0].state, ServiceState::ready);
        EXPECT_EQ(stop_services(socket_).value()[0].state, ServiceState::stopped);
        end_space(keeper_).value();
        EXPECT_FALSE(service_status(socket_));
    }
}

TEST_F(KeeperTest, ANewStartEndsWhatRan) {
    start_keeper(false);
    (void)start_services(socket_, {sleeper("one")}, {}).value();
    auto const second = start_services(socket_, {sleeper("two")}, {}).value();
    ASSERT_EQ(second.size(), 1u);
    EXPECT_EQ(second[0].service, "web/two");
}

TEST_F(KeeperTest, TheSameServicesRunOn) {
    start_keeper(false);
    auto const first = start_services(socket_, {sleeper("one")}, {}).value();
    auto const second = start_services(socket_, {sleeper("one")}, {}).value();
    EXPECT_EQ(first[0].pid, second[0].pid);
    std::vector<std::string> told;
    auto const third = start_services(socket_, {sleeper("two"), sleeper("one")}, [&](auto const& status) {
                           told.push_back(status.service);
                       }).value();
    EXPECT_EQ(first[0].pid, third[1].pid) << "though another has come";
    EXPECT_THAT(told, testing::Each("web/two"));
}

}  // namespace
}  // namespace vethwork::lab
