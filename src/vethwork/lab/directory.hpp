// The folder in which a running lab keeps what outlives a command: a record of it, a lock, logs.
// As root /run/vethwork/LAB, else below the user's runtime folder. `down` removes it last.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <vethwork/base/fd.hpp>
#include <vethwork/base/result.hpp>

namespace vethwork::lab {

/// Who holds a lab's namespaces.
enum class Footing {
    root,      ///< entries of /run/netns named LAB.NODE
    rootless,  ///< a user namespace of the lab's own, held by its keeper
};

/// What goes before the name of a node where its namespace is pinned.
[[nodiscard]] std::string pin_prefix(Footing footing, std::string const& lab);

/// A process that cannot be mistaken for a later one with the same number.
struct ProcessId {
    std::int32_t pid = 0;
    std::uint64_t start_time = 0;  ///< field 22 of /proc/PID/stat, in clock ticks since boot

    bool operator==(ProcessId const&) const = default;
};

/// The identity of a living process; nothing where there is none (or only a zombie).
[[nodiscard]] std::optional<ProcessId> identify(std::int32_t pid);
[[nodiscard]] bool is_alive(ProcessId const& process);

/// What a lab has of the network namespace where it was brought up.
struct MachineShare {
    std::uint64_t netns = 0;                    ///< inode of that namespace
    std::string link, table;                    ///< a cable's end, and an nft table of family inet
    std::map<std::string, std::string> opened;  ///< links that forward for it; what their setting was

    bool operator==(MachineShare const&) const = default;
};

/// What is written down of a lab before anything of it is made.
struct Record {
    std::string name;
    std::string file;                    ///< absolute path of the topology file
    std::string text;                    ///< the file as it was brought up, with its includes in place
    std::vector<std::string> variables;  ///< NAME=VALUE given with --var
    Footing footing = Footing::root;
    bool real_host = false;
    std::optional<ProcessId> keeper;
    std::vector<std::string> namespaces;       ///< pinned names, as in /run/netns
    std::vector<std::string> outside;          ///< nodes that are no namespaces of the lab's own
    std::map<std::string, std::string> paths;  ///< of those outside that are not the caller's namespace
    std::vector<std::string> groups;           ///< folders of control groups
    std::optional<MachineShare> machine;       ///< of labs with `internet: { mode: nat }`
    std::int64_t created_at = 0;               ///< seconds since 1970
    bool complete = false;                     ///< false while `up` is at work, or where it was killed

    bool operator==(Record const&) const = default;
};

[[nodiscard]] inline std::string prefix_of(Record const& record) {
    return pin_prefix(record.footing, record.name);
}

/// How much of a record is wanted: its text is long, and not needed to start a program in a node.
enum class Reading { everything, without_text };

/// One lab's folder.
class Directory {
public:
    explicit Directory(std::string path) : path_(std::move(path)) {}

    [[nodiscard]] std::string const& path() const { return path_; }
    [[nodiscard]] std::string path_of(std::string_view file) const { return path_ + "/" + std::string(file); }
    /// Makes the folder and takes its lock; the error says that another process has it. The lock ends with
    /// this process, or when it closes this descriptor or any other of the file.
    [[nodiscard]] Result<Fd> lock() const;
    [[nodiscard]] Result<std::optional<Record>> read(Reading what = Reading::everything) const;
    /// Replaces the record; the last of its files, which counts, in one step (a new file, then rename(2)).
    [[nodiscard]] Result<> write(Record const& record) const;
    /// Removes the folder and all in it.
    [[nodiscard]] Result<> remove() const;

    /// Removes the folder of all labs where there is none.
    void remove_parent_if_empty() const;

    /// Writes a file of it: all at once, or nothing.
    [[nodiscard]] Result<> replace(std::string_view name, std::string_view text) const;

private:
    [[nodiscard]] Result<Fd> lock_file() const;

    std::string path_;
};

/// A fault of usage where a lab cannot be called so: its folder would not be one of its own.
[[nodiscard]] Result<> check_lab_name(std::string const& name);

/// Where the labs of a user lie: /run/vethwork for root, else RUNTIME/vethwork, or /tmp/vethwork-UID where
/// the user has no runtime folder.
[[nodiscard]] std::string labs_folder(std::uint32_t uid, std::string_view runtime_folder);
/// The names of labs that have a record below `folder`.
[[nodiscard]] Result<std::vector<std::string>> list_labs(std::string const& folder);

}  // namespace vethwork::lab
