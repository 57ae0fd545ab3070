#include <fcntl.h>
#include <linux/magic.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <filesystem>

#include <vethwork/base/text.hpp>
#include <vethwork/lab/keeper.hpp>
#include <vethwork/lab/lab.hpp>
#include <vethwork/lab/limits.hpp>
#include <vethwork/lab/machine.hpp>
#include <vethwork/lab/node_groups.hpp>
#include <vethwork/lab/settings.hpp>
#include <vethwork/lab/space.hpp>
#include <vethwork/lab/view.hpp>
#include <vethwork/lab/wanted.hpp>
#include <vethwork/netns/create.hpp>
#include <vethwork/netns/name.hpp>
#include <vethwork/observe/state.hpp>
#include <vethwork/topology/nat_way_out.hpp>

namespace vethwork::lab {

namespace {

/// A file without a namespace: left where `up` was killed between making the one and the other.
bool is_bare(std::string const& pin) {
    struct statfs facts;
    return ::statfs(pin.c_str(), &facts) == 0 && facts.f_type != NSFS_MAGIC;
}

/// By node, opened where the caller is: in a lab's space the paths mean nothing.
using ForeignNamespaces = std::map<std::string, Fd>;

Result<> attach(apply::Network& network, std::string const& node, ForeignNamespaces& foreign) {
    auto const found = foreign.find(node);
    if (found == foreign.end()) return network.attach_here(node);
    auto attached = network.attach(node, std::move(found->second));
    if (attached) return attached;
    return system_error(attached.error().code, "enter the namespace of node \"" + node + "\"",
                        "a lab of root can enter those of others");
}

/// Opens those that are given by path.
Result<ForeignNamespaces> open_foreign(topology::NetworkState const& state) {
    ForeignNamespaces foreign;
    for (auto const& netns : state.namespaces)
        if (!netns.path.empty()) foreign[netns.name] = TRY(open_file(netns.path, O_RDONLY));
    return foreign;
}

/// Brings one lab up; holds its lock meanwhile.
class Bringing {
public:
    Bringing(Ground const& ground, Wanted wanted, News news, Recall recall)
        : ground_(ground),
          directory_(ground.directory(wanted.record.name)),
          wanted_(std::move(wanted)),
          news_(std::move(news)),
          recall_(std::move(recall)) {}

    UpResult<UpReport> run() {
        raise_descriptor_limit();  // each namespace takes two
        if (auto named = check_lab_name(wanted_.record.name); !named)
            return UpFailure{.error = std::move(named).error(), .begun = false};
        if (auto const lacking = shortages(needs_of(wanted_.state), this_machine()); !lacking.empty())
            return UpFailure{.error = lacking.front(), .begun = false};
        if (auto ready = prepare(); !ready) return given_up(std::move(ready).error());
        if (auto failed = make()) return *std::move(failed);
        return std::move(report_);
    }

private:
    /// All that is wanted, or the failure that is left when it is undone.
    std::optional<UpFailure> make() {
        if (auto open = open_network(); !open) return given_up(std::move(open).error());
        auto left_out = leave_out(wanted_.state);
        if (!left_out) return given_up(std::move(left_out).error());
        report_.left_out = *std::move(left_out);
        report_.left_out.limits = std::move(limits_left_out_);
        auto const named = settings_of(wanted_.state);
        if (auto remembered = remember_settings(named); !remembered)
            return given_up(std::move(remembered).error());
        auto actual = vethwork::lab::observe(*running_, wanted_.state, directory_);
        if (!actual) return given_up(std::move(actual).error());
        auto const plan = plan::make_plan(wanted_.state, *actual);
        report_.steps = plan.steps.size();
        if (news_.planned) news_.planned(plan);
        if (auto failed =
                apply::carry_out(plan, *running_->network, news_.progress, topology::machine_namespace))
            return undone(*std::move(failed));
        if (auto left = give_back(); !left.empty()) return half_done(std::move(left.front()));
        if (news_.network_done) news_.network_done();
        if (auto served = serve(); !served)
            return report_.was_up ? gone_back(half_done(std::move(served).error()))
                                  : given_up(std::move(served).error());
        wanted_.record.complete = true;
        name_namespaces();
        groups_.forget(wanted_);
        if (auto written = finish(named); !written) return half_done(std::move(written).error());
        return {};
    }

    /// Before anything of a lab that was up has changed; of another nothing stays.
    UpFailure given_up(Error error) {
        return {.error = std::move(error),
                .rolled_back = !begun_ || (report_.was_up ? put_back() : take_away()),
                .was_up = report_.was_up,
                .begun = begun_};
    }

    [[nodiscard]] UpFailure half_done(Error error) const {
        return {.error = std::move(error), .rolled_back = false, .was_up = report_.was_up};
    }

    /// A lab that was up is made as it was brought up, as far as that is known: its network, its services.
    UpFailure gone_back(UpFailure failure) {
        if (!before_) return failure;
        failure.left.clear();
        if (news_.going_back) news_.going_back();
        news_ = {};
        old_ = std::move(wanted_.record);
        wanted_ = *std::exchange(before_, {});
        foreign_ = std::exchange(foreign_before_, {});
        if (auto again = make_again(); again)
            failure.left.push_back(std::move(again->error));
        else
            failure.rolled_back = true;
        return failure;
    }

    std::optional<UpFailure> make_again() {
        running_.reset();
        if (ground_.footing == Footing::root)
            if (auto entered = netns::enter(here_); !entered) return half_done(std::move(entered).error());
        inherit();
        if (auto written = write_down(); !written) return half_done(std::move(written).error());
        return make();
    }

    /// Lock, what is there already, and the record, before anything is made.
    Result<> prepare() {
        lock_ = TRY(directory_.lock());
        old_ = TRY(directory_.read());
        TRY(look_whether_it_is_meant());
        if (old_ && is_gone(*old_)) old_.reset();
        report_.was_up = old_.has_value();
        begun_ = true;
        here_ = TRY(open_file("/proc/thread-self/ns/net", O_RDONLY));
        if (old_ && recall_ && old_->complete && !is_brought_up_again()) before_ = recall_(*old_);
        if (before_) {
            before_->record.footing = ground_.footing;
            foreign_before_ = TRY(open_foreign(before_->state));
        }
        foreign_ = TRY(open_foreign(wanted_.state));
        inherit();
        if (wanted_.record.keeper) keeper_ = open_process(*wanted_.record.keeper);
        if (!wanted_.gear.empty() || (before_ && !before_->gear.empty())) groups_.look();
        if (ground_.footing == Footing::rootless) TRY(stand_in_space());
        return write_down();
    }

    /// Nothing is made of a lab that is not meant; to look has made its folder where there was none.
    Result<> look_whether_it_is_meant() {
        auto const& meant = wanted_.only_of;
        if (!meant || (old_ && old_->created_at == meant->created_at && old_->text == meant->text &&
                       old_->variables == meant->variables))
            return {};
        if (!old_) TRY(directory_.remove());
        return lookup_error("the lab was changed by others meanwhile");
    }

    [[nodiscard]] bool is_brought_up_again() const {
        auto const& record = wanted_.record;
        return record.text == old_->text && record.variables == old_->variables;
    }

    /// What a lab keeps whatever is wanted of it.
    void inherit() {
        auto& record = wanted_.record;
        record.footing = ground_.footing;
        record.keeper = old_ ? old_->keeper : std::nullopt;
        record.created_at =
            old_ ? old_->created_at : std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
        name_namespaces();
    }

    /// What there may be from now on, so that `down` finds it.
    Result<> write_down() {
        auto& record = wanted_.record;
        Fd const lock = TRY(claim_share());
        if (old_)  // until these have gone
            for (auto const& name : old_->namespaces)
                if (std::ranges::find(record.namespaces, name) == record.namespaces.end())
                    record.namespaces.push_back(name);
        limits_left_out_ = groups_.name(wanted_, old_ ? old_->groups : std::vector<std::string>());
        TRY(directory_.write(record));
        return groups_.make();
    }

    /// What is to be had of the machine; until it is written down nobody else may look.
    Result<Fd> claim_share() {
        auto& record = wanted_.record;
        record.machine = old_ ? old_->machine : std::nullopt;  // until it is given back
        if (!wants_machine()) return Fd();
        Fd lock = TRY(lock_machine(ground_));
        auto share = TRY(survey_machine(ground_, record.name));
        if (!record.machine)
            TRY(check_free(record.name));
        else if (record.machine->netns != share.netns)
            return Error{.fault = Fault::limit,
                         .attempt = "the lab's way out leads through another network namespace",
                         .hint = "run vethwork where the lab was brought up, or `vethwork restart`"};
        complete_machine(wanted_.state, record.name, share);
        record.machine = std::move(share);
        return lock;
    }

    [[nodiscard]] bool wants_machine() const { return wanted_.state.find(topology::machine_namespace); }

    /// What the lab has of the machine and is not wanted to have any more.
    std::vector<Error> give_back() {
        return wants_machine() ? std::vector<Error>() : release_machine(ground_, wanted_.record);
    }

    /// Until what is not named any more is put back, that it was set must be known.
    Result<> remember_settings(SettingNames const& named) {
        auto const once = TRY(read_setting_names(directory_));
        if (old_) TRY(want_unnamed_as_new(once, wanted_.state));
        remembered_ = both(once, named);
        return remembered_ == once ? Result<>() : write_setting_names(directory_, remembered_);
    }

    Result<> finish(SettingNames const& named) {
        if (named != remembered_) TRY(write_setting_names(directory_, named));
        TRY(remember_rulesets(*running_->network, directory_, wanted_.state));
        date_view(directory_);
        return directory_.write(wanted_.record);
    }

    /// Those that are wanted.
    void name_namespaces() {
        auto& record = wanted_.record;
        record.namespaces.clear();
        record.outside.clear();
        record.paths.clear();
        for (auto const& netns : wanted_.state.namespaces) {
            (netns.outside ? record.outside : record.namespaces)
                .push_back((netns.outside ? "" : prefix_of(record)) + netns.name);
            if (!netns.path.empty()) record.paths[netns.name] = netns.path;
        }
    }

    /// A rootless lab whose keeper has died has nothing left but its folder.
    static bool is_gone(Record const& record) {
        return record.footing == Footing::rootless && (!record.keeper || !is_alive(*record.keeper));
    }

    Result<> stand_in_space() {
        auto& record = wanted_.record;
        if (!record.keeper) TRY(make_keeper());
        keeper_ = open_process(*record.keeper);
        return enter_space(*record.keeper, Children::stay_outside);
    }

    /// Written down before it is sure to stay.
    Result<> make_keeper() {
        bool const out = std::ranges::any_of(wanted_.services, &Service::outside);
        auto const reach = out ? Reach::outside : Reach::inside;
        if (wanted_.record.footing == Footing::root) TRY(netns::enter(here_));
        auto fresh = TRY(start_keeper(directory_, wanted_.record.footing, reach));
        wanted_.record.keeper = fresh.process();
        TRY(directory_.write(wanted_.record));
        return fresh.let_live();
    }

    Result<> open_network() {
        running_ =
            Running{.record = wanted_.record,
                    .network = std::make_unique<apply::Network>(netns::run_dir, prefix_of(wanted_.record))};
        auto& network = *running_->network;
        for (auto const& netns : wanted_.state.namespaces)
            if (netns.outside) TRY(attach(network, netns.name, foreign_));
        TRY(netns::prepare_run_dir());
        if (!old_ && wanted_.record.namespaces.size() >= least_for_view)
            (void)keep_view(directory_);  // without one programs in nodes start slower, no more
        if (!old_) {
            network.expect(wanted_.record.namespaces.size());
            return {};
        }
        for (auto const& name : old_->namespaces) {
            auto const node = name.substr(prefix_of(*old_).size());
            auto const pin = netns::path_of(name);
            if (!std::filesystem::exists(pin)) continue;
            if (is_bare(pin))
                TRY(netns::remove(name));
            else
                TRY(network.open(node));
        }
        return {};
    }

    UpFailure undone(apply::Failure failed) {
        UpFailure result{.error = std::move(failed.error),
                         .key = failed.step.key,
                         .was_up = report_.was_up,
                         .left = std::move(failed.left)};
        result.error.attempt = failed.step.netns + ": " + result.error.attempt;
        result.rolled_back = false;
        if (report_.was_up && !result.left.empty()) return gone_back(std::move(result));
        result.rolled_back = (report_.was_up ? put_back() : take_away()) && result.left.empty();
        return result;
    }

    /// The record of what was there before; what it has of the machine stays as it is now.
    bool put_back() {
        if (old_->machine && wanted_.record.machine) old_->machine = wanted_.record.machine;
        bool const clean =
            old_->machine || !wanted_.record.machine || release_machine(ground_, wanted_.record).empty();
        bool const limited = groups_.put_back(wanted_, old_->groups, before_);
        return directory_.write(*old_).ok() && clean && limited;
    }

    /// Nothing of a lab that was not there before stays.
    bool take_away() {
        running_.reset();
        auto& record = wanted_.record;
        bool clean = release_machine(ground_, record).empty();
        if (record.footing == Footing::root)
            for (auto const& name : record.namespaces)
                if (std::filesystem::exists(netns::path_of(name)) && !netns::remove(name)) clean = false;
        if (keeper_ && !end_process(*keeper_)) clean = false;
        if (!remove_groups(record.groups)) clean = false;
        return directory_.remove().ok() && clean;
    }

    /// Files of the nodes, and services where there are or were any.
    Result<> serve() {
        if (news_.interrupted && news_.interrupted()) return system_error(EINTR, "go on to services");
        TRY(write_node_files(directory_, wanted_));
        bool const had_any = old_ && old_->keeper.has_value();
        if (wanted_.services.empty() && !had_any) return {};
        auto& record = wanted_.record;
        if (!keeper_) {
            if (wanted_.services.empty()) return {};
            TRY(make_keeper());
            keeper_ = open_process(*record.keeper);
        }
        if (wanted_.services.empty() && record.footing == Footing::rootless && !had_any) return {};
        report_.services =
            TRY(start_services(directory_.path_of("keeper.sock"), wanted_.services, news_.service));
        for (auto const& status : report_.services)
            if (status.state == ServiceState::failed)
                return Error{.fault = Fault::system,
                             .attempt = "service " + status.service + " failed: " + status.text,
                             .hint = last_words(status.service)};
        return {};
    }

    /// The end of its log, which goes with the lab.
    [[nodiscard]] std::string last_words(std::string const& service) const {
        constexpr std::size_t most = 600;
        auto const log = read_file(directory_.path_of("log/" + service));
        auto const text = std::string(log ? trim(*log) : std::string_view());
        if (text.empty()) return "it wrote nothing";
        if (text.size() <= most) return "it wrote: " + text;
        auto const from = text.find('\n', text.size() - most);
        return "it wrote: …" + text.substr(from == std::string::npos ? text.size() - most : from);
    }

    Ground ground_;
    Directory directory_;
    Wanted wanted_;
    News news_;
    Recall recall_;
    Fd lock_;
    ForeignNamespaces foreign_;
    std::optional<Wanted> before_;  ///< what a lab that was up, with another file, was brought up as
    ForeignNamespaces foreign_before_;
    NodeGroups groups_;
    std::vector<std::string> limits_left_out_;
    SettingNames remembered_;  ///< of this lab, as they are written down
    Fd here_;                  ///< the network namespace that this began in: the keeper's without a space
    bool begun_ = false;       ///< from here on there is something to take away
    std::optional<Fd> keeper_;
    std::optional<Record> old_;
    std::optional<Running> running_;
    UpReport report_;
};

}  // namespace

UpResult<UpReport> up(Ground const& ground, Wanted wanted, News news, Recall recall) {
    return Bringing(ground, std::move(wanted), std::move(news), std::move(recall)).run();
}

Result<Running> open(Ground const& ground, std::string const& name) {
    TRY(check_lab_name(name));
    auto record = TRY(ground.directory(name).read());
    if (!record) return lookup_error("lab \"" + name + "\" is not up", "`vethwork ls` lists those that are");
    ForeignNamespaces foreign;
    for (auto const& [node, path] : record->paths) foreign[node] = TRY(open_file(path, O_RDONLY));
    if (record->footing == Footing::rootless) {
        if (!record->keeper) return lookup_error("lab \"" + name + "\" is not up");
        TRY(enter_space(*record->keeper, Children::stay_outside));
    }
    Running running{.record = *record,
                    .network = std::make_unique<apply::Network>(netns::run_dir, prefix_of(*record))};
    for (auto const& node : record->outside) TRY(attach(*running.network, node, foreign));
    for (auto const& pin : record->namespaces)
        TRY(running.network->open(pin.substr(prefix_of(*record).size())));
    return running;
}

std::vector<observe::Member> members_of(apply::Network& network) {
    std::vector<observe::Member> members;
    network.for_each([&members](std::string const& name, netlink::Connection& connection, int netns) {
        members.push_back({.name = name, .connection = &connection, .netns = netns});
    });
    return members;
}

Result<topology::NetworkState> observe(Running& running, topology::NetworkState const& expected,
                                       Directory const& directory) {
    auto members = members_of(*running.network);
    for (auto& member : members)
        if (auto const* const netns = expected.find(member.name)) member.outside = netns->outside;
    auto state = TRY(observe::network_state(members, expected));
    for (auto& netns : state.namespaces)
        if (auto const* const wanted = expected.find(netns.name))
            TRY(read_settings(*running.network, directory, *wanted, netns));
    return state;
}

Result<Drift> drift_of(Running& running, topology::NetworkState& wanted, Directory const& directory) {
    Drift drift;
    drift.left_out = TRY(leave_out(wanted));
    TRY(want_unnamed_as_new(TRY(read_setting_names(directory)), wanted));
    drift.actual = TRY(observe(running, wanted, directory));
    drift.steps = plan::make_plan(wanted, drift.actual);
    return drift;
}

}  // namespace vethwork::lab
