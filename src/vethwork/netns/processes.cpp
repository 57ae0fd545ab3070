#include <vethwork/netns/processes.hpp>

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>
#include <memory>

#include <vethwork/base/text.hpp>
#include <vethwork/netns/name.hpp>

namespace vethwork::netns {

namespace {

std::optional<Identity> identity_at(std::string const& path) {
    struct stat facts {};
    if (::stat(path.c_str(), &facts) != 0) return {};
    return Identity{facts.st_dev, facts.st_ino};
}

/// Opened and looked at, as one step with one complaint.
Result<Identity> open_identity(std::string const& path) {
    auto const netns = open_file(path, O_RDONLY);
    if (!netns) return lookup_error(netns.error().code, "Cannot open network namespace");
    return identity_of(*netns);
}

std::string namespace_path(std::string const& pid) { return "/proc/" + pid + "/ns/net"; }

}  // namespace

Result<Identity> identity_of(Fd const& netns) {
    struct stat facts {};
    if (::fstat(netns.get(), &facts) != 0) return lookup_error(errno, "Stat of netns failed");
    return Identity{facts.st_dev, facts.st_ino};
}

Result<std::vector<pid_t>> processes_in(std::string const& name) {
    auto const wanted = TRY(open_identity(path_of(name)));
    std::unique_ptr<DIR, int (*)(DIR*)> const folder(::opendir("/proc"), ::closedir);
    if (!folder) return lookup_error(errno, "Open of /proc failed");
    std::vector<pid_t> pids;
    while (auto const* const entry = ::readdir(folder.get())) {
        auto const pid = parse_number<pid_t>(entry->d_name, 10);
        if (pid && identity_at(namespace_path(entry->d_name)) == wanted) pids.push_back(*pid);
    }
    return pids;
}

Result<std::vector<std::string>> names_of_process(std::string const& pid) {
    auto const wanted = TRY(open_identity(namespace_path(pid)));
    auto names = TRY(list());
    std::erase_if(names, [&](std::string const& name) { return identity_at(path_of(name)) != wanted; });
    return names;
}

}  // namespace vethwork::netns
