#include <vethwork/netns/name.hpp>

#include <dirent.h>
#include <fcntl.h>
#include <sched.h>

#include <cerrno>
#include <climits>
#include <cstring>
#include <memory>

namespace vethwork::netns {

std::string path_of(std::string const& name) {
    return name.starts_with('/') ? name : std::string(run_dir) + "/" + name;
}

bool is_valid_name(std::string_view name) {
    return !name.empty() && name.size() <= NAME_MAX && name != "." && name != ".." &&
           name.find('/') == std::string_view::npos;
}

Result<Fd> open_named(std::string const& name) {
    auto fd = open_file(path_of(name), O_RDONLY);
    if (!fd) return lookup_error(fd.error().code, "Cannot open network namespace \"" + name + "\"");
    return fd;
}

Result<> enter(Fd const& netns) {
    if (::setns(netns.get(), CLONE_NEWNET) != 0)
        return system_error("enter a network namespace", errno == EPERM ? "needs CAP_SYS_ADMIN" : "");
    return {};
}

Result<std::vector<std::string>> list() {
    std::vector<std::string> names;
    std::unique_ptr<DIR, int (*)(DIR*)> const folder(::opendir(run_dir), ::closedir);
    if (!folder) {
        if (errno == ENOENT) return names;
        return lookup_error(errno, std::string("Failed to open directory ") + run_dir);
    }
    while (auto const* const entry = ::readdir(folder.get())) {
        std::string name = entry->d_name;
        if (name != "." && name != "..") names.push_back(std::move(name));
    }
    return names;
}

}  // namespace vethwork::netns
