#include "lab/faults.hpp"

#include <algorithm>
#include <chrono>
#include <functional>
#include <thread>
#include <utility>

#include <vethwork/apply/transaction.hpp>
#include <vethwork/base/text.hpp>
#include <vethwork/lab/keeper.hpp>
#include <vethwork/plan/fault_plan.hpp>

#include "child_json.hpp"
#include "interruptible.hpp"
#include "lab/probes.hpp"

namespace vethwork::app {

namespace {

using Json = nlohmann::ordered_json;
using topology::FaultKind;
using topology::LabFault;

/// Does something in a child process, which may enter the lab's space for good.
Result<> in_child(std::function<Result<>()> const& work) {
    (void)TRY(json_of_child("the process that was to do it", [&work]() -> Result<Json> {
        TRY(work());
        return Json();
    }));
    return {};
}

/// How many steps the lab is from what its file says.
Result<std::size_t> count_differences(lab::Ground const& ground, lab::Wanted wanted) {
    auto const& name = wanted.record.name;
    auto running = TRY(lab::open(ground, name));
    auto const drift = TRY(lab::drift_of(running, wanted.state, ground.directory(name)));
    return drift.steps.steps.size();
}

}  // namespace

Faults::Faults(LoadedLab const& loaded, lab::Record const& record, LabOptions const& options)
    : loaded_(loaded), record_(record), options_(options), helper_(loaded.lab.name, options) {}

Result<std::optional<std::string>> Faults::why_not() const {
    auto const answer = TRY(json_of_child("the look at the lab", [this]() -> Result<Json> {
        return Json(TRY(count_differences(ground_of(options_), wanted_of(loaded_, options_))));
    }));
    auto const count = answer.get<std::size_t>();
    if (count == 0) return std::optional<std::string>();
    return std::optional(
        fmt::format("the lab is not as its file says ({} difference{}); `vethwork up` makes it so, and "
                    "undoing a fault would too",
                    count, count == 1 ? "" : "s"));
}

Result<> Faults::set(LabFault const& fault) {
    switch (fault.kind) {
        case FaultKind::run:
            return run(fault);
        case FaultKind::kill:
            return kill(fault);
        case FaultKind::down:
        case FaultKind::up:
        case FaultKind::impair:
            break;
    }
    auto done = strike_links(fault);
    if (done) set_.push_back(fault);
    return done;
}

Result<> Faults::strike_links(LabFault const& fault) {
    return in_child([&]() -> Result<> {
        auto state = wanted_of(loaded_, options_).state;
        for (auto const& before : set_) (void)plan::plan_fault(loaded_.lab, before, state);
        auto const plan = plan::plan_fault(loaded_.lab, fault, state);
        if (fault.kind == FaultKind::impair)
            if (auto const left = TRY(lab::leave_out(state)); !left.empty())
                return Error{.fault = Fault::limit,
                             .attempt = "this kernel has no netem to impair links with"};
        auto running = TRY(lab::open(ground_of(options_), loaded_.lab.name));
        if (auto failed = apply::carry_out(plan, *running.network, {})) return std::move(failed->error);
        return {};
    });
}

Result<> Faults::run(LabFault const& fault) const {
    auto const ran = helper_.in_node(node_of(fault), {"/bin/sh", "-eu", "-c", fault.script});
    if (ran.status == 0) return {};
    return lookup_error(
        fmt::format("the script of a fault ended with status {}: {}", ran.status, trim(ran.out)));
}

std::optional<lab::ServiceStatus> Faults::status_of(std::string const& service) const {
    auto const all =
        lab::service_status(ground_of(options_).directory(loaded_.lab.name).path_of("keeper.sock"));
    if (!all) return {};
    auto const found = std::ranges::find(*all, service, &lab::ServiceStatus::service);
    if (found == all->end()) return {};
    return *found;
}

/// A service leads a group of processes; its keeper is to know of its end before anybody asks.
Result<> Faults::kill(LabFault const& fault) const {
    auto const service = node_of(fault) + "/" + fault.service;
    auto const before = status_of(service);
    if (!before || before->pid == 0) return lookup_error("service " + service + " does not run");
    auto const ran = helper_.in_node(
        node_of(fault), {"/bin/sh", "-c", "kill -s KILL -- -\"$1\"", "sh", std::to_string(before->pid)});
    if (ran.status != 0) return lookup_error(fmt::format("kill service {}: {}", service, trim(ran.out)));
    constexpr auto moment = std::chrono::milliseconds(5);
    for (int i = 0; i < 400; ++i) {
        auto const now = status_of(service);
        if (!now || now->pid != before->pid) return {};
        std::this_thread::sleep_for(moment);
    }
    return lookup_error("service " + service + " does not end");
}

Result<> Faults::undo() const {
    return in_child([this]() -> Result<> {
        Interruptible::deaf();
        constexpr auto moment = std::chrono::milliseconds(50);
        for (int tries = 200;; --tries) {
            auto wanted = wanted_of(loaded_, options_);
            wanted.only_of = record_;  // whoever has brought it up or down meanwhile has undone the faults
            auto const result = lab::up(ground_of(options_), std::move(wanted), {});
            auto const* const failure = std::get_if<lab::UpFailure>(&result);
            if (!failure) return {};
            bool const is_busy = !failure->begun && failure->error.fault == Fault::limit;
            if (failure->error.fault == Fault::lookup && !failure->begun) return failure->error;
            if (!is_busy || tries == 0)
                return lookup_error(failure->error.describe(),
                                    fmt::format("`vethwork up -l {}` undoes them", loaded_.lab.name));
            std::this_thread::sleep_for(moment);
        }
    });
}

std::size_t links_not_impaired(LoadedLab const& loaded, LabOptions const& options) {
    auto state = wanted_of(loaded, options).state;
    auto const all = lab::impairments_of(state).size();
    if (all == 0) return 0;
    auto const has_netem = in_child([&]() -> Result<> {
        TRY(enter_fresh_namespace());  // where another can be made to ask in
        auto const left = TRY(lab::leave_out(state));
        return left.empty() ? Result<>() : lookup_error("there is no netem");
    });
    return has_netem ? 0 : all;
}

}  // namespace vethwork::app
