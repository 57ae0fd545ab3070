#include <signal.h>
#include <sys/mount.h>
#include <unistd.h>

#include <filesystem>

#include <vethwork/lab/clean.hpp>
#include <vethwork/lab/keeper.hpp>
#include <vethwork/lab/lab.hpp>
#include <vethwork/lab/limits.hpp>
#include <vethwork/lab/machine.hpp>
#include <vethwork/lab/space.hpp>
#include <vethwork/lab/view.hpp>
#include <vethwork/netns/create.hpp>
#include <vethwork/netns/name.hpp>

namespace vethwork::lab {

namespace {

/// Ends everything of one lab, and goes on where a step fails.
class Ending {
public:
    Ending(Ground const& ground, Record record)
        : ground_(ground), directory_(ground.directory(record.name)), record_(std::move(record)) {}

    DownReport run() {
        if (record_.keeper) keeper_ = open_process(*record_.keeper);
        // Where it does not answer, since it is dying, say, what it kept is ended with it below.
        if (keeper_) (void)stop_services(directory_.path_of("keeper.sock"));
        report_.left = release_machine(ground_, record_);
        auto mark = mark_the_end();
        let_view_go(directory_.path());  // which takes longer while the kernel takes down namespaces
        end_processes();
        unpin();
        if (keeper_) note(end_process(*keeper_));
        if (mark) note(mark->wait());
        note(remove_groups(record_.groups));
        if (record_.real_host)
            report_.left.push_back(usage_error("what was set in the machine's own namespace stays"));
        if (!record_.machine) note(directory_.remove());  // else it is what can be tried again
        return std::move(report_);
    }

private:
    void note(Result<> result) {
        if (!result) report_.left.push_back(std::move(result).error());
    }

    /// Into the namespace that is let go last; nothing where there is none, or no way into it.
    std::optional<EndMark> mark_the_end() {
        report_.ended = processes_of(record_);
        if (record_.namespaces.empty()) return {};
        if (record_.footing == Footing::rootless &&
            (!keeper_ || !enter_space(*record_.keeper, Children::stay_outside)))
            return {};
        in_space_ = record_.footing == Footing::rootless;
        // Where `up` was killed the last ones may not be there, or be files without a namespace.
        for (auto name = record_.namespaces.rbegin(); name != record_.namespaces.rend(); ++name) {
            auto const netns = netns::open_named(*name);
            auto mark = netns ? EndMark::put_into(*netns) : Result<EndMark>(netns.error());
            if (mark) return std::move(*mark);
        }
        return {};
    }

    void end_processes() {
        if (record_.footing == Footing::rootless) return;  // they end with the keeper
        for (auto const& process : report_.ended)
            if (::kill(process.pid, SIGKILL) != 0 && errno != ESRCH)
                report_.left.push_back(system_error("end process " + std::to_string(process.pid)));
    }

    /// Also without root, where this process is in the lab's mount namespace and so keeps its pins. The
    /// namespaces are held until none is pinned any more: those that end together the kernel takes down
    /// together, and while it takes down some, to unpin others is slow.
    void unpin() {
        if (record_.footing == Footing::rootless && !in_space_) return;
        raise_descriptor_limit();
        std::vector<Fd> held;
        for (auto const& name : record_.namespaces) {
            if (!std::filesystem::exists(netns::path_of(name))) continue;
            if (auto handle = netns::open_named(name)) held.push_back(std::move(*handle));
            ++report_.namespaces;
            note(netns::remove(name));
        }
    }

    Ground ground_;
    Directory directory_;
    Record record_;
    DownReport report_;
    std::optional<Fd> keeper_;
    bool in_space_ = false;
};

}  // namespace

Result<DownReport> down(Ground const& ground, std::string const& name) {
    TRY(check_lab_name(name));
    auto const directory = ground.directory(name);
    if (!std::filesystem::exists(directory.path())) {
        directory.remove_parent_if_empty();  // of an `up` that was killed before it made its own
        return DownReport{.was_up = false};
    }
    Fd const lock = TRY(directory.lock());
    auto record = TRY(directory.read());
    if (!record) {
        TRY(directory.remove());
        return DownReport{.was_up = false};
    }
    return Ending(ground, *record).run();
}

}  // namespace vethwork::lab
