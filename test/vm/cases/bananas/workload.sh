# A name that is seen for the first time needs a dentry, which d_alloc_parallel() allocates.
for name in bananas apples; do
  if said=$(touch "/tmp/$name" 2>&1); then
    echo "$name: ok"
    rm "/tmp/$name"
  else
    echo "$name: ${said##*: }"
  fi
done
