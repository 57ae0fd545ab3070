// A lab that lives: up, what it is, down.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <vethwork/apply/network.hpp>
#include <vethwork/apply/transaction.hpp>
#include <vethwork/base/result.hpp>
#include <vethwork/lab/directory.hpp>
#include <vethwork/lab/groups.hpp>
#include <vethwork/lab/left_out.hpp>
#include <vethwork/lab/supervisor.hpp>
#include <vethwork/observe/state.hpp>
#include <vethwork/plan/lab_plan.hpp>
#include <vethwork/topology/state.hpp>

namespace vethwork::lab {

/// Where and how a lab stands; what its name is looked up with.
struct Ground {
    std::string labs_folder;  ///< labs_folder(uid, runtime folder)
    Footing footing = Footing::root;

    [[nodiscard]] Directory directory(std::string const& lab) const {
        return Directory(labs_folder + "/" + lab);
    }
};

/// A file that a node sees at `path`: with a text of its own, or another file of this machine.
struct NodeFile {
    std::string path, text, source;
    std::uint32_t mode = 0644;
};

/// What programs in a node find besides its network.
struct NodeGear {
    std::map<std::string, std::string> env;
    std::vector<NodeFile> files;
    std::vector<std::string> folders;  ///< that it has for itself, empty at first
    Limits limits;
    std::vector<std::string> groups;  ///< folders of control groups, filled in
};

/// Limits that no control group of this machine can set: "a: memory, pids".
[[nodiscard]] std::vector<std::string> limits_out_of_reach(std::map<std::string, NodeGear> const& gear);

/// What is to be up.
struct Wanted {
    Record record;                         ///< name, file, text, variables, real_host; the rest is filled in
    topology::NetworkState state;          ///< namespaces by node name
    std::string hosts;                     ///< /etc/hosts of every node
    std::map<std::string, NodeGear> gear;  ///< of nodes that have any
    std::vector<Service> services;         ///< netns, log and binds of hosts files are filled in
    /// Only where the lab is still the one that was brought up so; else a fault of lookup.
    std::optional<Record> only_of;
};

/// What happened, as it happens.
struct News {
    std::function<void(plan::Plan const& plan)> planned;
    apply::Progress progress;
    std::function<void()> network_done;
    std::function<void(ServiceStatus const&)> service;
    std::function<bool()> interrupted;  ///< asked before services start; while they do EINTR tells it
    std::function<void()> going_back;   ///< from here on a lab that was up is made as it was
};

struct UpReport {
    bool was_up = false;  ///< it existed; only differences were made
    std::size_t steps = 0;
    LeftOut left_out;
    std::vector<ServiceStatus> services;
};

/// An error of `up` with the key of what caused it, where a step of the plan did.
struct UpFailure {
    Error error;
    std::string key;          ///< topology::key_of, or empty
    bool rolled_back = true;  ///< nothing is left of what was begun
    bool was_up = false;      ///< the lab stays, as it was where what was begun is rolled back
    bool begun = true;        ///< else nothing was even looked at
    std::vector<Error> left;  ///< what is left
};

template <class T>
using UpResult = std::variant<T, UpFailure>;

/// What was wanted of a lab when it was brought up; nothing where that cannot be told any more.
using Recall = std::function<std::optional<Wanted>(Record const&)>;

/// Brings a lab up, or makes one that is up as wanted. Where that fails, what was changed is taken back; what
/// cannot be (links that are gone, services that were stopped) is made anew as `recall` says. Without root
/// this process is in the lab's space afterwards.
[[nodiscard]] UpResult<UpReport> up(Ground const& ground, Wanted wanted, News news, Recall recall = {});

/// A lab that is up, open for use.
struct Running {
    Record record;
    std::unique_ptr<apply::Network> network;  ///< namespaces by node name
};

/// Goes where a lab is (without root for good) and opens its namespaces. A fault of lookup where it is not
/// up.
[[nodiscard]] Result<Running> open(Ground const& ground, std::string const& name);

/// The open namespaces of a network, to be read together; they last as long as it does.
[[nodiscard]] std::vector<observe::Member> members_of(apply::Network& network);

/// Reads what is in a running lab: of sysctls those that are expected; rulesets as they were loaded.
[[nodiscard]] Result<topology::NetworkState> observe(Running& running, topology::NetworkState const& expected,
                                                     Directory const& directory);

/// How a running lab is beside what is wanted.
struct Drift {
    topology::NetworkState actual;
    plan::Plan steps;  ///< that would mend it
    LeftOut left_out;  ///< of what is wanted
};

/// Looks, and completes `wanted` for that: without what the kernel lacks, with settings that are not named
/// any more as in a new lab. This thread may be in another network namespace afterwards.
[[nodiscard]] Result<Drift> drift_of(Running& running, topology::NetworkState& wanted,
                                     Directory const& directory);

/// How a program is started in a node of a lab that is up: its namespace, mounts and environment; the program
/// itself is the caller's to add. A fault of lookup where there is no such node.
[[nodiscard]] Result<Launch> launch_in(Ground const& ground, Record const& record, std::string const& node);

struct EndedProcess {
    std::int32_t pid = 0;
    std::string command;  ///< as ps shows it
    std::string node;     ///< empty where it is in none
};

struct DownReport {
    bool was_up = true;
    std::size_t namespaces = 0;
    std::vector<EndedProcess> ended;
    std::vector<Error> left;  ///< what could not be removed
};

/// Ends a lab whatever state it is in: services, processes, namespaces, folder; returns when the kernel is
/// clean.
[[nodiscard]] Result<DownReport> down(Ground const& ground, std::string const& name);

/// The processes in a lab's namespaces, but for its keeper and for this one.
[[nodiscard]] std::vector<EndedProcess> processes_of(Record const& record);

}  // namespace vethwork::lab
