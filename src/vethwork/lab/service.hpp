// A program that runs in a node as long as its lab does: what it is, when it counts as ready, what happens
// when it ends.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <vethwork/base/fd.hpp>
#include <vethwork/base/result.hpp>

namespace vethwork::lab {

/// How a service shows that it is ready.
enum class ReadyBy {
    start,      ///< it has been started
    tcp,        ///< it, or anything in its node, listens at a TCP port
    udp,        ///< the same for UDP
    unix_path,  ///< there is a socket at a path
    file,       ///< there is a file at a path
    log,        ///< its log has a text
    exec,       ///< a shell command in its node ends with 0
    http,       ///< a URL, or a path of the node itself, is served: an answer of 200 to 399
};

enum class Restart { never, on_failure, always };

struct Service {
    std::string node, name;
    std::vector<std::string> argv;
    std::map<std::string, std::string> env;
    std::string dir;   ///< working folder; empty: the lab file's
    std::string user;  ///< a name or a number; empty: whoever brings the lab up
    ReadyBy ready_by = ReadyBy::start;
    std::string ready_what;  ///< port, path, text or command
    std::chrono::milliseconds ready_within{10'000};
    std::vector<std::string>
        after;  ///< names of services that must be ready first: "web/http", or "http" of the same node
    Restart restart = Restart::never;
    int stop_signal = 15;
    std::chrono::milliseconds stop_within{3'000};
    std::string log;       ///< path of its log
    std::string netns;     ///< path of its node's namespace
    bool outside = false;  ///< started where the lab was brought up; its node is where it shows to be ready
    std::vector<std::pair<std::string, std::string>>
        binds;                        ///< host path, path in the node: bind mounts of its own
    std::vector<std::string> groups;  ///< control groups that it is in
    std::uint32_t open_files = 0;     ///< at most; 0: as many as its keeper may

    [[nodiscard]] std::string full_name() const { return node + "/" + name; }
    bool operator==(Service const&) const = default;
};

/// What a program started in a node is given.
struct Launch {
    std::vector<std::string> argv;
    std::map<std::string, std::string> env;  ///< on top of the present environment
    std::string dir, user, netns;
    std::vector<std::pair<std::string, std::string>> binds;
    std::vector<std::string> groups;  ///< control groups to be in
    std::uint32_t open_files = 0;     ///< at most; 0: as many as now
    std::string view;         ///< the lab's folder, where the mounts may be those of its view; empty: our own
    std::int32_t parent = 0;  ///< killed when the thread of this process that forked it ends; 0: lives on
};

/// In a child process: moves into the node, makes its mounts, and becomes the program. Returns only when that
/// fails; a fault of lookup where it is the program that there is not, or that may not be run.
[[nodiscard]] Error become_in_node(Launch const& launch);

/// Whose child a service is, with whose end it is killed.
enum class Parent { this_process, of_this_process };

/// Starts a service in a session and process group of its own, its output appended to its log; it is killed
/// when its parent's thread ends.
[[nodiscard]] Result<std::int32_t> start(Service const& service, Parent parent = Parent::this_process);

/// Whether a running service is ready now; `pid` is its process.
[[nodiscard]] bool is_ready(Service const& service, std::int32_t pid);

}  // namespace vethwork::lab
