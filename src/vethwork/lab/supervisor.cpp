#include <vethwork/lab/supervisor.hpp>

#include <signal.h>
#include <sys/wait.h>

#include <algorithm>
#include <utility>

namespace vethwork::lab {

namespace {

using namespace std::chrono_literals;

constexpr auto look_every = 10ms;
constexpr auto restart_after = 200ms;

int shell_status(int wait_status) {
    return WIFEXITED(wait_status) ? WEXITSTATUS(wait_status) : 128 + WTERMSIG(wait_status);
}

bool is_running(ServiceState state) {
    return state == ServiceState::starting || state == ServiceState::ready || state == ServiceState::stopping;
}

}  // namespace

bool is_as_it_should_be(Service const& service, ServiceState state) {
    bool const does_one_thing = service.ready_by == ReadyBy::start && service.restart != Restart::always;
    return state == ServiceState::ready || (state == ServiceState::ended && does_one_thing);
}

std::string_view name_of(ServiceState state) {
    switch (state) {
        case ServiceState::waiting:
            return "waiting";
        case ServiceState::starting:
            return "starting";
        case ServiceState::ready:
            return "ready";
        case ServiceState::failed:
            return "failed";
        case ServiceState::ended:
            return "ended";
        case ServiceState::stopping:
            return "stopping";
        case ServiceState::stopped:
            return "stopped";
    }
    return {};
}

Supervisor::Supervisor(EventLoop& loop, std::vector<Service> services,
                       std::function<void(ServiceStatus const&)> changed, Starter starter)
    : loop_(loop), changed_(std::move(changed)), starter_(std::move(starter)) {
    take(std::move(services));
}

/// Those of `services` that there are stay what they are; others there are not any more.
void Supervisor::take(std::vector<Service> services) {
    Entries entries;
    for (auto& service : services) {
        auto const same = std::ranges::find_if(
            entries_, [&service](auto const& entry) { return entry && entry->service == service; });
        if (same != entries_.end()) {
            entries.push_back(std::move(*same));
            continue;
        }
        ServiceStatus status{.service = service.full_name()};
        entries.push_back(std::make_unique<Entry>(std::move(service), std::move(status)));
    }
    entries_ = std::move(entries);
}

void Supervisor::set(Entry& entry, ServiceState state, std::string text) {
    entry.status.state = state;
    entry.status.text = std::move(text);
    if (!is_running(state)) entry.status.pid = 0;
    if (changed_) changed_(entry.status);
}

void Supervisor::set_for_good(Entry& entry, ServiceState state, std::string text) {
    set(entry, state, std::move(text));
    for (auto& other : entries_)
        if (other->status.state == ServiceState::waiting && is_after(*other, entry.status.service))
            set_for_good(*other, ServiceState::failed, "waits for " + entry.status.service + " in vain");
}

bool Supervisor::is_after(Entry const& entry, std::string const& service) {
    return std::ranges::any_of(entry.service.after, [&](std::string const& name) {
        return (name.find('/') == std::string::npos ? entry.service.node + "/" + name : name) == service;
    });
}

bool Supervisor::may_start(Entry const& entry) const {
    return std::ranges::all_of(entry.service.after, [&](std::string const& name) {
        std::string const whole =
            name.find('/') == std::string::npos ? entry.service.node + "/" + name : name;
        return std::ranges::any_of(entries_, [&whole](auto const& other) {
            return other->status.service == whole && other->status.state == ServiceState::ready;
        });
    });
}

void Supervisor::start_all() { start_those_that_may(); }

void Supervisor::start_those_that_may() {
    for (auto& entry : entries_)
        if (entry->status.state == ServiceState::waiting && !entry->leaves && may_start(*entry))
            start(*entry);
}

void Supervisor::start(Entry& entry) {
    auto const pid = starter_(entry.service);
    if (!pid) return set_for_good(entry, ServiceState::failed, pid.error().describe());
    entry.status.pid = *pid;
    started_.push_back(&entry);
    entry.deadline = loop_.now() + entry.service.ready_within;
    set(entry, ServiceState::starting);
    look_whether_ready(entry);
}

void Supervisor::look_whether_ready(Entry& entry) {
    if (entry.status.state != ServiceState::starting) return;
    if (is_ready(entry.service, entry.status.pid)) {
        set(entry, ServiceState::ready);
        return start_those_that_may();
    }
    if (loop_.now() >= entry.deadline) {
        kill(entry, SIGKILL);
        std::erase(started_, &entry);
        return set_for_good(entry, ServiceState::failed, "not ready in time");
    }
    entry.timer = loop_.after(look_every, [this, &entry] { look_whether_ready(entry); });
}

void Supervisor::child_ended(std::int32_t pid, int wait_status) {
    auto const found = std::ranges::find(entries_, pid, [](auto const& entry) { return entry->status.pid; });
    if (found == entries_.end()) return;
    Entry& entry = **found;
    entry.status.exit_status = shell_status(wait_status);
    loop_.cancel(entry.timer);
    std::erase(started_, &entry);
    if (entry.leaves) {
        set(entry, ServiceState::stopped);
        return stop_next();
    }
    bool const good = entry.status.exit_status == 0;
    bool const again =
        entry.service.restart == Restart::always || (entry.service.restart == Restart::on_failure && !good);
    bool const too_soon =
        entry.status.state == ServiceState::starting && entry.service.restart == Restart::never;
    std::string const text = "ended with status " + std::to_string(entry.status.exit_status);
    auto const state = good && !too_soon ? ServiceState::ended : ServiceState::failed;
    if (!again) return set_for_good(entry, state, text);
    set(entry, state, text);
    ++entry.status.restarts;
    entry.timer = loop_.after(restart_after, [this, &entry] { start(entry); });
}

void Supervisor::kill(Entry& entry, int signal) {
    if (entry.status.pid <= 0) return;
    // A moment after its start it has no process group of its own yet.
    if (::kill(-entry.status.pid, signal) != 0) ::kill(entry.status.pid, signal);
}

void Supervisor::stop_all(std::function<void()> stopped) {
    for (auto& entry : entries_) entry->leaves = true;
    stop_those_that_leave(std::move(stopped));
}

void Supervisor::change_to(std::vector<Service> services, std::function<void()> changed) {
    for (auto& entry : entries_)
        entry->leaves = !is_as_it_should_be(entry->service, entry->status.state) ||
                        std::ranges::find(services, entry->service) == services.end();
    stop_those_that_leave([this, services = std::move(services), changed = std::move(changed)] {
        std::erase_if(entries_, [](auto const& entry) { return entry->leaves; });
        take(services);
        start_those_that_may();
        changed();
    });
}

void Supervisor::stop_those_that_leave(std::function<void()> stopped) {
    loop_.cancel(next_);
    stopped_ = std::move(stopped);
    for (auto& entry : entries_)
        if (entry->leaves) loop_.cancel(entry->timer);
    stop_next();
}

void Supervisor::stop_next() {
    auto const last =
        std::find_if(started_.rbegin(), started_.rend(), [](auto* entry) { return entry->leaves; });
    if (last == started_.rend()) {
        // Not while we are still at work below the loop: some of us may go.
        next_ = loop_.after({}, [this] { std::exchange(stopped_, {})(); });
        return;
    }
    Entry& entry = **last;
    if (entry.status.state == ServiceState::stopping) return;
    kill(entry, entry.service.stop_signal);
    set(entry, ServiceState::stopping);
    entry.timer = loop_.after(entry.service.stop_within, [this, &entry] { kill(entry, SIGKILL); });
}

std::vector<ServiceStatus> Supervisor::status() const {
    std::vector<ServiceStatus> all;
    for (auto const& entry : entries_) all.push_back(entry->status);
    return all;
}

bool Supervisor::is_settled() const {
    return !stopped_ && std::ranges::none_of(entries_, [](auto const& entry) {
        return entry->status.state == ServiceState::waiting || entry->status.state == ServiceState::starting;
    });
}

}  // namespace vethwork::lab
