/** Runs in the machine, so no path of it can lead out of it; the old folder goes only when the new one is whole. */
export const unpackScript = `set -eu
to=$1 new=$1.new
rm -rf --one-file-system -- "$new"
mkdir -p -- "$(dirname -- "$to")"
mkdir -m 0700 -- "$new"
tar --extract --file=- --directory="$new" --no-same-owner --preserve-permissions
chmod 0700 -- "$new"
rm -rf --one-file-system -- "$to"
mv -T -- "$new" "$to"`;
