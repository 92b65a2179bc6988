# A subvolume is looked up inside mount_subtree() while it is mounted; here there is none of either name.
mkdir -p /tmp/mnt
for name in target.db other.db; do
  said=$(mount -t btrfs -o "loop,subvol=$name" /tmp/btrfs.img /tmp/mnt 2>&1)
  echo "$name: ${said##*: }"
done
# The same name outside of any mount.
touch /tmp/target.db && echo "open target.db: ok" && rm /tmp/target.db
