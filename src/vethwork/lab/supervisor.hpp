// Keeps the services of a lab: starts them in order, restarts what must be, stops them in the opposite order.
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include <vethwork/lab/service.hpp>
#include <vethwork/traffic/event_loop.hpp>

namespace vethwork::lab {

enum class ServiceState { waiting, starting, ready, failed, ended, stopping, stopped };

[[nodiscard]] std::string_view name_of(ServiceState state);

/// Ready; or ended well, where nothing but its start was asked of it: it has done its work.
[[nodiscard]] bool is_as_it_should_be(Service const& service, ServiceState state);

/// What became of a service.
struct ServiceStatus {
    std::string service;  ///< "web/http"
    ServiceState state = ServiceState::waiting;
    std::int32_t pid = 0;  ///< 0: not running
    int exit_status = 0;   ///< as the shell has it: 128 + signal
    int restarts = 0;
    std::string text;  ///< why it failed

    bool operator==(ServiceStatus const&) const = default;
};

class Supervisor {
public:
    using Starter = std::function<Result<std::int32_t>(Service const&)>;

    /// `changed` hears of every change of a state. The loop outlives this.
    Supervisor(EventLoop& loop, std::vector<Service> services,
               std::function<void(ServiceStatus const&)> changed, Starter starter = start_here);
    /// As a child of this process.
    static Result<std::int32_t> start_here(Service const& service) { return lab::start(service); }

    /// Starts all that need not wait for others; the others follow as those become ready.
    void start_all();
    /// Stops all, last started first; `stopped` is called when none runs any more.
    void stop_all(std::function<void()> stopped);
    /// Keeps these instead: what is as it should be and is to be just the same stays, all else stops, and
    /// what is new starts; `changed` is called when all is started that need not wait.
    void change_to(std::vector<Service> services, std::function<void()> changed);
    /// A child process has ended: ours, or one that was left to us.
    void child_ended(std::int32_t pid, int wait_status);
    [[nodiscard]] std::vector<ServiceStatus> status() const;
    /// Nothing waits, starts or is about to stop any more.
    [[nodiscard]] bool is_settled() const;

private:
    struct Entry {
        Service service;
        ServiceStatus status;
        Time deadline{};
        TimerId timer{};
        bool leaves = false;  ///< to be stopped, and not to be started again
    };
    using Entries = std::vector<std::unique_ptr<Entry>>;

    void take(std::vector<Service> services);
    void stop_those_that_leave(std::function<void()> stopped);
    void start_those_that_may();
    [[nodiscard]] bool may_start(Entry const& entry) const;
    void start(Entry& entry);
    void look_whether_ready(Entry& entry);
    void set(Entry& entry, ServiceState state, std::string text = {});
    /// It will not be ready any more: those that wait for it fail with it.
    void set_for_good(Entry& entry, ServiceState state, std::string text);
    [[nodiscard]] static bool is_after(Entry const& entry, std::string const& service);
    void stop_next();
    void kill(Entry& entry, int signal);

    EventLoop& loop_;
    Entries entries_;
    std::vector<Entry*> started_;  ///< in the order in which they were started
    std::function<void(ServiceStatus const&)> changed_;
    std::function<void()> stopped_;  ///< where some are being stopped
    TimerId next_{};                 ///< of what follows when they are
    Starter starter_;
};

}  // namespace vethwork::lab
